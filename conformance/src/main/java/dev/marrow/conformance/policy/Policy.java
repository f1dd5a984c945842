package dev.marrow.conformance.policy;

import java.util.List;

/**
 * An authorization policy for layer 4.
 *
 * @param rules one of them has to hold; none: it never matches
 * @param dryRun only logged, never enforced
 */
public record Policy(String name, Action action, List<Rule> rules, boolean dryRun) {
  /** What a policy does to what it matches. */
  public enum Action {
    ALLOW,
    DENY
  }

  /**
   * One of {@code from} and one of {@code to} have to hold; an empty list does not matter.
   *
   * @param from who calls: no attribute that is an operation
   * @param to where it goes: operations only
   */
  public record Rule(List<Match> from, List<Match> to) {
    public Rule {
      from = List.copyOf(from);
      to = List.copyOf(to);
      if (from.isEmpty() && to.isEmpty()) {
        throw new IllegalArgumentException("rule: empty (expected: from or to)");
      }
    }

    boolean holds(Caller caller) {
      return (from.isEmpty() || from.stream().anyMatch(m -> m.holds(caller)))
          && (to.isEmpty() || to.stream().anyMatch(m -> m.holds(caller)));
    }
  }

  public Policy {
    rules = List.copyOf(rules);
  }

  public static Policy allow(String name, Match... from) {
    return of(name, Action.ALLOW, from);
  }

  public static Policy deny(String name, Match... from) {
    return of(name, Action.DENY, from);
  }

  private static Policy of(String name, Action action, Match... from) {
    return new Policy(name, action, List.of(from).stream().map(m -> rule(m)).toList(), false);
  }

  private static Rule rule(Match match) {
    boolean operation =
        match.any().keySet().stream().anyMatch(Attribute::isOperation)
            || match.none().keySet().stream().anyMatch(Attribute::isOperation);
    return operation ? new Rule(List.of(), List.of(match)) : new Rule(List.of(match), List.of());
  }

  public Policy asDryRun() {
    return new Policy(name, action, rules, true);
  }

  private boolean matches(Caller caller) {
    return rules.stream().anyMatch(rule -> rule.holds(caller));
  }

  /**
   * What all of them together say: denied if one denies; else allowed if one allows, or none is
   * there that could.
   */
  public static boolean allows(List<Policy> policies, Caller caller) {
    List<Policy> enforced = policies.stream().filter(p -> !p.dryRun).toList();
    if (enforced.stream().anyMatch(p -> p.action == Action.DENY && p.matches(caller))) {
      return false;
    }
    List<Policy> allowing = enforced.stream().filter(p -> p.action == Action.ALLOW).toList();
    return allowing.isEmpty() || allowing.stream().anyMatch(p -> p.matches(caller));
  }
}
