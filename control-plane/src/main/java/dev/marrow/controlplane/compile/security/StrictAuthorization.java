package dev.marrow.controlplane.compile.security;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.proto.security.Authorization;
import java.util.List;

/** The one policy that all strict workloads share; there once any PeerAuthentication is. */
public record StrictAuthorization() implements Question<List<Authorization>> {
  @Override
  public List<Authorization> answer(Answers answers) {
    return answers.objects("PeerAuthentication").isEmpty()
        ? List.of()
        : List.of(PeerPolicies.strict(answers.mesh().rootNamespace()));
  }
}
