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

  private final List<Policy> custom = new ArrayList<>();
  private final List<Policy> deny = new ArrayList<>();
  private final List<Policy> allow = new ArrayList<>();
  private final List<Policy> watching = new ArrayList<>();
  private final List<Policy> all;

  public Authorizer(List<Policy> policies) {
    all = List.copyOf(policies);
    for (Policy policy : policies) {
      if (policy.dryRun()) {
        watching.add(policy);
        continue;
      }
      switch (policy.action()) {
        case Policy.Action.Allow action -> allow.add(policy);
        case Policy.Action.Deny action -> deny.add(policy);
        case Policy.Action.Audit action -> watching.add(policy);
        case Policy.Action.Custom action -> custom.add(policy);
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
    for (Policy policy : watching) {
      if (policy.match(facts) >= 0) {
        observed.accept(policy);
      }
    }
    return afterCustom(facts, 0);
  }

  /** Goes on behind the first {@code asked} providers that had to be asked and agreed. */
  public Verdict afterCustom(RequestFacts facts, int asked) {
    int left = asked;
    for (Policy policy : custom) {
      if (policy.match(facts) >= 0
          && policy.action() instanceof Policy.Action.Custom action
          && left-- == 0) {
        return new Verdict.Ask(policy.name(), action.provider());
      }
    }
    for (Policy policy : deny) {
      int rule = policy.match(facts);
      if (rule >= 0) {
        return new Verdict.Denied(policy.name(), rule);
      }
    }
    for (Policy policy : allow) {
      if (policy.match(facts) >= 0) {
        return Verdict.ALLOWED;
      }
    }
    return allow.isEmpty() ? Verdict.ALLOWED : new Verdict.Denied("", -1);
  }
}
