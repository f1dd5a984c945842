package dev.marrow.controlplane.compile.binding;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.Comparator;
import java.util.Optional;

/**
 * The waypoint in front of all workloads of a service account. Where several Gateways claim it, the
 * oldest has it, then the first by name.
 */
public record AccountWaypoint(String namespace, String account)
    implements Question<Optional<ObjectKey>> {
  @Override
  public Optional<ObjectKey> answer(Answers answers) {
    return answers.objects("Gateway", namespace).stream()
        .filter(gateway -> claims(answers, gateway.key()))
        .min(Comparator.comparing(KubeObject::createdAt).thenComparing(KubeObject::key))
        .map(KubeObject::key);
  }

  private boolean claims(Answers answers, ObjectKey gateway) {
    return answers
        .ask(new WaypointOf(gateway))
        .filter(waypoint -> waypoint.kind() == Waypoint.Kind.OURS)
        .flatMap(Waypoint::account)
        .filter(account::equals)
        .isPresent();
  }
}
