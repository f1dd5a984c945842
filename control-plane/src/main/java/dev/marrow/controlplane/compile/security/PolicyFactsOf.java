package dev.marrow.controlplane.compile.security;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.Optional;

/** An AuthorizationPolicy's facts. */
public record PolicyFactsOf(ObjectKey policy) implements Question<Optional<PolicyFacts>> {
  @Override
  public Optional<PolicyFacts> answer(Answers answers) {
    return answers.object(policy).map(object -> PolicyReading.read(object, new ArrayList<>()));
  }
}
