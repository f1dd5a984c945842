package dev.marrow.controlplane.deploy;

import dev.marrow.controlplane.compile.Labels;
import dev.marrow.controlplane.compile.binding.Revisions;
import dev.marrow.controlplane.compile.binding.Waypoint;
import dev.marrow.controlplane.compile.binding.WaypointOf;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.controlplane.graph.Waypoints;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * What a Gateway of our class has deployed for it: nothing where the user gives addresses and so
 * runs the waypoint himself.
 */
public record WaypointObjects(ObjectKey gateway) implements Question<List<GeneratedObject>> {
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final int MOST_REPLICAS = 1000;
  private static final String AUTOSCALER = "horizontalPodAutoscaler";

  @Override
  public List<GeneratedObject> answer(Answers answers) {
    Optional<KubeObject> object = answers.object(gateway);
    Optional<Waypoint> waypoint =
        answers
            .ask(new WaypointOf(gateway))
            .filter(Waypoint::managed)
            .filter(w -> w.kind() == Waypoint.Kind.OURS)
            .filter(w -> Revisions.ours(answers, object.get()));
    if (object.isEmpty() || waypoint.isEmpty() || object.get().deleting()) {
      return List.of();
    }
    WaypointTemplate template = new WaypointTemplate(object.get(), waypoint.get(), answers.mesh());
    List<GeneratedObject> objects = new ArrayList<>();
    add(objects, answers, object.get(), "serviceAccount", template.account());
    add(objects, answers, object.get(), "service", template.service());
    boolean autoscaled = !overlay(answers, object.get(), AUTOSCALER).isMissingNode();
    Optional<Integer> replicas =
        autoscaled ? Optional.empty() : replicas(object.get(), answers.mesh().waypoints());
    add(objects, answers, object.get(), "deployment", template.deployment(replicas));
    if (answers.mesh().waypoints() instanceof Waypoints.OfCluster) {
      add(objects, answers, object.get(), "podDisruptionBudget", template.disruptionBudget());
      if (autoscaled) {
        add(objects, answers, object.get(), AUTOSCALER, template.autoscaler());
      }
    }
    return objects;
  }

  /** On a cluster nothing is said unless the Gateway does, so that people may scale by hand. */
  private static Optional<Integer> replicas(KubeObject gateway, Waypoints waypoints) {
    String text = gateway.annotations().getOrDefault(Labels.REPLICAS, "");
    if (text.matches("\\d{1,4}")) {
      return Optional.of(Math.min(Integer.parseInt(text), MOST_REPLICAS));
    }
    return waypoints instanceof Waypoints.OfCluster ? Optional.empty() : Optional.of(1);
  }

  private void add(
      List<GeneratedObject> objects,
      Answers answers,
      KubeObject owner,
      String key,
      ObjectNode object) {
    ObjectNode result = Overlay.lay(object, overlay(answers, owner, key));
    objects.add(
        new GeneratedObject(
            new ObjectKey(
                result.path("kind").stringValue(""),
                gateway.namespace(),
                result.path("metadata").path("name").stringValue("")),
            result));
  }

  /** What the ConfigMap of the Gateway's {@code parametersRef} says under {@code key}. */
  static JsonNode overlay(Answers answers, KubeObject gateway, String key) {
    JsonNode reference = gateway.spec().path("infrastructure").path("parametersRef");
    String name = reference.path("name").stringValue("");
    if (name.isEmpty() || !reference.path("kind").stringValue("").equals("ConfigMap")) {
      return MissingNode.getInstance();
    }
    String text =
        answers
            .object("ConfigMap", gateway.namespace(), name)
            .map(map -> map.content().path("data").path(key).stringValue(""))
            .orElse("");
    try {
      return text.isEmpty() ? MissingNode.getInstance() : YAML.readTree(text);
    } catch (JacksonException e) {
      return MissingNode.getInstance();
    }
  }
}
