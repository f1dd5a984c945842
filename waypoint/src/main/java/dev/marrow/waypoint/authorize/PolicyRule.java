package dev.marrow.waypoint.authorize;

import java.util.List;

/** All three parts must match; in the first two any element, in the last every; empty matches. */
public record PolicyRule(List<Source> from, List<Operation> to, List<Condition> when) {
  public PolicyRule {
    from = List.copyOf(from);
    to = List.copyOf(to);
    when = List.copyOf(when);
  }

  /** {@code every}: the rule allows, so of several values each must do. */
  boolean matches(RequestFacts facts, boolean every) {
    return anySource(facts) && anyOperation(facts) && everyCondition(facts, every);
  }

  private boolean anySource(RequestFacts facts) {
    for (Source source : from) {
      if (source.matches(facts)) {
        return true;
      }
    }
    return from.isEmpty();
  }

  private boolean anyOperation(RequestFacts facts) {
    for (Operation operation : to) {
      if (operation.matches(facts)) {
        return true;
      }
    }
    return to.isEmpty();
  }

  private boolean everyCondition(RequestFacts facts, boolean every) {
    for (Condition condition : when) {
      if (!condition.matches(facts, every)) {
        return false;
      }
    }
    return true;
  }

  boolean needsHttp() {
    return from.stream().anyMatch(Source::needsHttp)
        || to.stream().anyMatch(Operation::needsHttp)
        || when.stream().anyMatch(Condition::needsHttp);
  }

  /** What is left of the rule where there is no HTTP. */
  PolicyRule withoutHttp() {
    return new PolicyRule(
        from.stream().map(PolicyRule::withoutHttp).toList(),
        to.stream()
            .map(o -> new Operation(Texts.ANY, Texts.ANY, Texts.ANY, o.ports(), o.notPorts()))
            .toList(),
        when.stream().filter(c -> !c.needsHttp()).toList());
  }

  /** Whether it says nothing at all about anything. */
  boolean isEmpty() {
    return from.stream().allMatch(Source::isAny)
        && to.stream().allMatch(Operation::isAny)
        && when.isEmpty();
  }

  private static Source withoutHttp(Source s) {
    return new Source(s.principals(), Texts.ANY, s.namespaces(), s.accounts(), s.ips(), Blocks.ANY);
  }
}
