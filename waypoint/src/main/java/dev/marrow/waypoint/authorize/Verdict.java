package dev.marrow.waypoint.authorize;

import dev.marrow.waypoint.route.Filter;

/** What the policies say. */
public sealed interface Verdict {
  Verdict ALLOWED = new Allowed();

  record Allowed() implements Verdict {}

  /**
   * @param policy {@code namespace/name}; "" where policies that allow exist and none matched
   * @param rule its index; -1 likewise
   */
  record Denied(String policy, int rule) implements Verdict {
    /** As Envoy names it in its response-code details. */
    public String detail() {
      return policy.isEmpty()
          ? "rbac_access_denied_matched_policy[none]"
          : "rbac_access_denied_matched_policy[ns[%s]-policy[%s]-rule[%d]]"
              .formatted(
                  policy.substring(0, Math.max(policy.indexOf('/'), 0)),
                  policy.substring(policy.indexOf('/') + 1),
                  rule);
    }
  }

  /** Somebody else decides; if he agrees, {@link Authorizer#afterCustom} goes on at next. */
  record Ask(String policy, Filter.ExternalAuthorization provider, int next) implements Verdict {}
}
