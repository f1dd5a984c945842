package dev.marrow.controlplane.compile.binding;

import dev.marrow.controlplane.compile.Labels;
import dev.marrow.controlplane.compile.facts.PodShapes;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.Optional;

/** Whether a waypoint can be reached: it has a ready pod and a Service, or addresses of its own. */
public record WaypointReady(ObjectKey gateway) implements Question<Boolean> {
  @Override
  public Boolean answer(Answers answers) {
    Optional<KubeObject> object = answers.object(gateway);
    if (object.isEmpty()) {
      return false;
    }
    Optional<Waypoint> waypoint = answers.ask(new WaypointOf(gateway));
    if (waypoint.isEmpty() || waypoint.get().kind() != Waypoint.Kind.OURS) {
      return !object.get().status().path("addresses").isEmpty();
    }
    return waypoint.get().managed() ? hasPods(answers) : true;
  }

  private boolean hasPods(Answers answers) {
    return answers.object("Service", gateway.namespace(), gateway.name()).isPresent()
        && answers.ask(new PodShapes(gateway.namespace())).stream()
            .anyMatch(shape ->
                shape.healthy() && gateway.name().equals(shape.labels().get(Labels.GATEWAY_NAME)));
  }
}
