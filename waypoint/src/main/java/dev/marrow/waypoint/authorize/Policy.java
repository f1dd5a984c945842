package dev.marrow.waypoint.authorize;

import dev.marrow.waypoint.route.Filter;
import java.util.List;

/**
 * An AuthorizationPolicy.
 *
 * @param name {@code namespace/name}
 * @param dryRun what it says is counted and logged, not done
 */
public record Policy(String name, Action action, List<PolicyRule> rules, boolean dryRun) {
  /** What happens where a rule matches. */
  public sealed interface Action {
    record Allow() implements Action {}

    record Deny() implements Action {}

    record Audit() implements Action {}

    record Custom(Filter.ExternalAuthorization provider) implements Action {}
  }

  public Policy {
    rules = List.copyOf(rules);
  }

  /**
   * The index of the first rule that matches, or -1. Where there is no HTTP, rules that need it
   * never allow; of those that deny, what is left denies, unless nothing is left.
   */
  int match(RequestFacts facts) {
    boolean allows = action instanceof Action.Allow;
    for (int i = 0; i < rules.size(); i++) {
      PolicyRule rule = rules.get(i);
      if (!facts.http() && rule.needsHttp()) {
        if (allows || !deniesWithoutHttp(rule, facts)) {
          continue;
        }
        return i;
      }
      if (rule.matches(facts, allows)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean deniesWithoutHttp(PolicyRule rule, RequestFacts facts) {
    PolicyRule rest = rule.withoutHttp();
    return !rest.isEmpty() && rest.matches(facts, false);
  }
}
