package dev.marrow.controlplane.compile.security;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The names of the converted PeerAuthentications that a workload with these labels refers to. */
record PeerPoliciesFor(String namespace, Map<String, String> labels)
    implements Question<List<String>> {
  @Override
  public List<String> answer(Answers answers) {
    boolean inherited = answers.ask(new InheritedStrict(namespace));
    Optional<PeerMode> own = own(answers);
    boolean strict = own.map(mode -> strict(mode, inherited)).orElse(inherited);
    Optional<String> ports =
        own.flatMap(mode -> PeerPolicies.ports(mode, strict))
            .map(policy -> policy.getNamespace() + "/" + policy.getName());
    // The policy with ports contains the strict one.
    return ports.isPresent()
        ? List.of(ports.get())
        : strict ? List.of(answers.mesh().rootNamespace() + "/" + PeerPolicies.STRICT) : List.of();
  }

  private Optional<PeerMode> own(Answers answers) {
    // A selector in the root namespace selects nothing.
    return namespace.equals(answers.mesh().rootNamespace())
        ? Optional.empty()
        : answers.ask(new PeerModesIn(namespace)).stream()
            .filter(mode -> mode.selector().filter(s -> s.matches(labels)).isPresent())
            .findFirst();
  }

  static boolean strict(PeerMode mode, boolean inherited) {
    return mode.mode() == PeerMode.Mode.UNSET ? inherited : mode.mode() == PeerMode.Mode.STRICT;
  }
}
