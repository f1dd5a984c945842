package dev.marrow.mesh.policy;

import java.util.ArrayList;
import java.util.List;

/** One evaluation, policy after policy, in any order. Confined to the call that made it. */
final class PolicyRun {
  private final ConnectionFacts facts;
  private final List<DryRun> dryRuns = new ArrayList<>(0);
  private String denying = "";
  private String unreadable = "";
  private String unknown = "";
  private boolean anyAllow;
  private boolean allowed;

  PolicyRun(ConnectionFacts facts) {
    this.facts = facts;
  }

  void evaluate(Policy policy) {
    if (policy.dryRun()) {
      dryRuns.add(new DryRun(policy.fullName(), policy.action(), policy.matches(facts)));
      return;
    }
    switch (policy.action()) {
      case DENY -> {
        if (denying.isEmpty() && policy.matches(facts)) {
          denying = policy.fullName();
        }
      }
      case ALLOW -> {
        anyAllow = true;
        allowed = allowed || policy.matches(facts);
      }
      case UNREADABLE -> unreadable = policy.fullName();
    }
  }

  void unknown(String policy) {
    unknown = policy;
  }

  Decision decision() {
    if (!denying.isEmpty()) {
      return new Decision.Denied(Decision.Reason.DENY_MATCHED, denying, dryRuns);
    }
    if (!unreadable.isEmpty()) {
      return new Decision.Denied(Decision.Reason.POLICY_REJECTED, unreadable, dryRuns);
    }
    if (!unknown.isEmpty()) {
      return new Decision.Denied(Decision.Reason.POLICY_UNKNOWN, unknown, dryRuns);
    }
    if (anyAllow && !allowed) {
      return new Decision.Denied(Decision.Reason.NOT_ALLOWED, "", dryRuns);
    }
    return dryRuns.isEmpty() ? Decision.Allowed.PLAIN : new Decision.Allowed(dryRuns);
  }
}
