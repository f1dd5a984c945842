package dev.marrow.controlplane.compile.binding;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;

/**
 * Whether any Gateway of a namespace is in front of an account: where none is, pods do not matter.
 */
public record AccountsClaimed(String namespace) implements Question<Boolean> {
  @Override
  public Boolean answer(Answers answers) {
    return answers.objects("Gateway", namespace).stream()
        .map(gateway -> answers.ask(new WaypointOf(gateway.key())))
        .anyMatch(waypoint -> waypoint.flatMap(Waypoint::account).isPresent());
  }
}
