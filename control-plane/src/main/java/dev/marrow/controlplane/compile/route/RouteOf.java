package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A route with its backends found. */
public record RouteOf(ObjectKey route) implements Question<Optional<RouteOf.Resolved>> {
  /**
   * The route and what is wrong with its references.
   *
   * @param reason of the first wrong one; empty where all are right
   */
  public record Resolved(RouteFacts facts, String reason, String message) {}

  @Override
  public Optional<Resolved> answer(Answers answers) {
    return answers.object(route).map(object -> resolve(answers, object));
  }

  private static Resolved resolve(Answers answers, KubeObject object) {
    KnownBackends backends = new KnownBackends(answers, object);
    RouteFacts facts = RouteReading.read(object, new ArrayList<>(), backends);
    List<KnownBackends.Unresolved> wrong = backends.unresolved();
    return new Resolved(
        facts,
        wrong.isEmpty() ? "" : wrong.getFirst().reason(),
        String.join("; ", wrong.stream().map(KnownBackends.Unresolved::message).toList()));
  }
}
