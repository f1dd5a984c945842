package dev.marrow.mesh.policy;

import java.util.List;

/**
 * An authorization policy at L4 ({@code istio.security.Authorization}).
 *
 * @param rules of which one must match; a policy without rules never matches
 * @param dryRun whether it is only reported, never enforced
 */
public record Policy(
    String namespace,
    String name,
    PolicyScope scope,
    PolicyAction action,
    List<Rule> rules,
    boolean dryRun) {
  public Policy {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("policy name: '' (expected: not empty)");
    }
    rules = List.copyOf(rules);
  }

  /** {@code namespace/name}, as workloads and logs write it. */
  public String fullName() {
    return namespace + "/" + name;
  }

  /** Whether one of the rules matches, enforced or not. */
  public boolean matches(ConnectionFacts facts) {
    for (int i = 0; i < rules.size(); i++) {
      if (rules.get(i).matches(facts)) {
        return true;
      }
    }
    return false;
  }
}
