package dev.marrow.mesh.policy;

/** What a policy does to a connection that one of its rules matches. */
public enum PolicyAction {
  ALLOW,
  DENY,
  /**
   * The policy was rejected and no earlier version is at hand: whatever it says, it might deny, so
   * nothing it applies to is let in. Its rules are empty and do not count.
   */
  UNREADABLE
}
