package dev.marrow.waypoint.authorize;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Judges requests by policies, in Istio's order: CUSTOM, then DENY, then ALLOW. A denial wins;
 * where policies that allow exist, one of them must match. Immutable and pure.
 */
public final class Authorizer {
  /** No policies: everything is allowed. */
  public static final Authorizer NONE = new Authorizer(List.of());

  private final List<RuleIndex> custom = new ArrayList<>();
  private final List<RuleIndex> deny = new ArrayList<>();
  private final List<RuleIndex> allow = new ArrayList<>();
  private final List<RuleIndex> watching = new ArrayList<>();
  private final List<Policy> all;

  public Authorizer(List<Policy> policies) {
    all = List.copyOf(policies);
    for (Policy policy : policies) {
      RuleIndex rules = new RuleIndex(policy);
      if (policy.dryRun()) {
        watching.add(rules);
        continue;
      }
      switch (policy.action()) {
        case Policy.Action.Allow action -> allow.add(rules);
        case Policy.Action.Deny action -> deny.add(rules);
        case Policy.Action.Audit action -> watching.add(rules);
        case Policy.Action.Custom action -> custom.add(rules);
      }
    }
  }

  public List<Policy> policies() {
    return all;
  }

  public boolean isEmpty() {
    return all.isEmpty();
  }

  /**
   * @param observed hears of each policy that is only watched (AUDIT, dry run) and matched
   */
  public Verdict judge(RequestFacts facts, Consumer<Policy> observed) {
    for (RuleIndex rules : watching) {
      if (rules.match(facts) >= 0) {
        observed.accept(rules.policy());
      }
    }
    return afterCustom(facts, 0);
  }

  /**
   * Goes on where an {@link Verdict.Ask} was agreed to.
   *
   * @param next as it says; whether those before would be asked of the request as it is now does
   *     not matter
   */
  public Verdict afterCustom(RequestFacts facts, int next) {
    for (int i = next; i < custom.size(); i++) {
      RuleIndex rules = custom.get(i);
      if (rules.match(facts) >= 0
          && rules.policy().action() instanceof Policy.Action.Custom action) {
        return new Verdict.Ask(rules.policy().name(), action.provider(), i + 1);
      }
    }
    for (RuleIndex rules : deny) {
      int rule = rules.match(facts);
      if (rule >= 0) {
        return new Verdict.Denied(rules.policy().name(), rule);
      }
    }
    for (RuleIndex rules : allow) {
      if (rules.match(facts) >= 0) {
        return Verdict.ALLOWED;
      }
    }
    return allow.isEmpty() ? Verdict.ALLOWED : new Verdict.Denied("", -1);
  }
}
