package dev.marrow.controlplane.deploy;

import dev.marrow.controlplane.compile.Labels;
import dev.marrow.controlplane.compile.binding.Placement;
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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a Gateway of our class has deployed for it: nothing where the user gives addresses and so
 * runs the waypoint himself.
 */
public record WaypointObjects(ObjectKey gateway) implements Question<List<GeneratedObject>> {
  private static final int MOST_REPLICAS = 1000;

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
    Parameters parameters = Parameters.of(answers, object.get());
    List<GeneratedObject> objects = new ArrayList<>();
    objects.add(generated(template.account(), parameters.overlay("serviceAccount")));
    Placement placement = Placement.of(object.get());
    objects.add(generated(template.service(placement), parameters.overlay("service")));
    switch (placement) {
      case NODE -> objects.add(generated(template.daemonSet(), parameters.overlay("daemonSet")));
      case REMOTE ->
          counted(object.get(), template, parameters, answers.mesh().waypoints(), objects);
    }
    return objects;
  }

  private void counted(
      KubeObject object,
      WaypointTemplate template,
      Parameters parameters,
      Waypoints waypoints,
      List<GeneratedObject> objects) {
    JsonNode autoscaler = parameters.overlay(Parameters.AUTOSCALER);
    Optional<Integer> replicas =
        autoscaler.isMissingNode() ? replicas(object, waypoints) : Optional.empty();
    objects.add(generated(template.deployment(replicas), parameters.overlay("deployment")));
    if (waypoints instanceof Waypoints.OfCluster) {
      JsonNode budget = parameters.overlay(Parameters.BUDGET);
      objects.add(generated(template.disruptionBudget(), budget));
      if (!autoscaler.isMissingNode()) {
        objects.add(generated(template.autoscaler(), autoscaler));
      }
    }
  }

  /** On a cluster nothing is said unless the Gateway does, so that people may scale by hand. */
  private static Optional<Integer> replicas(KubeObject gateway, Waypoints waypoints) {
    String text = gateway.annotations().getOrDefault(Labels.REPLICAS, "");
    if (text.matches("\\d{1,4}")) {
      return Optional.of(Math.min(Integer.parseInt(text), MOST_REPLICAS));
    }
    return waypoints instanceof Waypoints.OfCluster ? Optional.empty() : Optional.of(1);
  }

  private GeneratedObject generated(ObjectNode object, JsonNode overlay) {
    ObjectNode result = Overlay.lay(object, overlay);
    return new GeneratedObject(
        new ObjectKey(
            result.path("kind").stringValue(""),
            gateway.namespace(),
            result.path("metadata").path("name").stringValue("")),
        result);
  }
}
