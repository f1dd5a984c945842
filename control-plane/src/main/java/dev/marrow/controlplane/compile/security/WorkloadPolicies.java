package dev.marrow.controlplane.compile.security;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The names of all policies with a selector that apply to workloads with these labels. */
public record WorkloadPolicies(String namespace, Map<String, String> labels)
    implements Question<List<String>> {
  @Override
  public List<String> answer(Answers answers) {
    List<String> names = new ArrayList<>();
    Set<String> namespaces =
        new LinkedHashSet<>(List.of(answers.mesh().rootNamespace(), namespace));
    for (String policyNamespace : namespaces) {
      for (KubeObject policy : answers.objects("AuthorizationPolicy", policyNamespace)) {
        answers
            .ask(new PolicyFactsOf(policy.key()))
            .filter(NodePolicy::enforceable)
            .filter(facts -> facts.selector().filter(s -> s.matches(labels)).isPresent())
            .ifPresent(facts -> names.add(facts.resource()));
      }
    }
    names.addAll(answers.ask(new PeerPoliciesFor(namespace, labels)));
    return names;
  }
}
