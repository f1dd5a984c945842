package dev.marrow.controlplane.deploy;

import dev.marrow.controlplane.compile.binding.GatewayClasses;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.controlplane.graph.Waypoints;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The Gateway classes that we make on a cluster: those we serve and nobody else has. */
public record OurClasses() implements Question<List<GeneratedObject>> {
  @Override
  public List<GeneratedObject> answer(Answers answers) {
    List<GeneratedObject> classes = new ArrayList<>();
    if (answers.mesh().waypoints() instanceof Waypoints.OfCluster cluster) {
      for (String name : cluster.classes().stream().sorted().toList()) {
        ObjectKey key = new ObjectKey("GatewayClass", "", name);
        Optional<KubeObject> found = answers.object(key);
        boolean ours =
            found
                .map(o -> o.spec().path("controllerName").stringValue(""))
                .map(GatewayClasses.CONTROLLER::equals)
                .orElse(true);
        if (ours) {
          classes.add(new GeneratedObject(key, content(name)));
        }
      }
    }
    return classes;
  }

  private static ObjectNode content(String name) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("apiVersion", "gateway.networking.k8s.io/v1").put("kind", "GatewayClass");
    object.putObject("metadata").put("name", name);
    object
        .putObject("spec")
        .put("controllerName", GatewayClasses.CONTROLLER)
        .put("description", "A Marrow waypoint: an L7 proxy in front of its workloads");
    return object;
  }
}
