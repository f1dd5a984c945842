package dev.marrow.controlplane.compile.security;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.proto.security.Authorization;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What node proxies get of an AuthorizationPolicy or a PeerAuthentication. */
public record PolicyAuthorization(ObjectKey policy) implements Question<List<Authorization>> {
  @Override
  public List<Authorization> answer(Answers answers) {
    return policy.kind().equals("PeerAuthentication") ? peers(answers) : rules(answers);
  }

  private List<Authorization> rules(Answers answers) {
    return answers
        .ask(new PolicyFactsOf(policy))
        .filter(NodePolicy::enforceable)
        .map(facts -> NodePolicy.of(facts, answers.mesh().rootNamespace()).authorization())
        .map(List::of)
        .orElse(List.of());
  }

  private List<Authorization> peers(Answers answers) {
    Optional<KubeObject> object = answers.object(policy);
    if (object.isEmpty() || policy.namespace().equals(answers.mesh().rootNamespace())) {
      return List.of();
    }
    PeerMode mode = PeerMode.read(object.get(), new ArrayList<>());
    boolean inherited = answers.ask(new InheritedStrict(policy.namespace()));
    return PeerPolicies.ports(mode, PeerPoliciesFor.strict(mode, inherited))
        .map(List::of)
        .orElse(List.of());
  }
}
