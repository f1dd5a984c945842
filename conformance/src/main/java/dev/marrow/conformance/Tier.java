package dev.marrow.conformance;

/** What the kit must have been given before a case can run; each tier includes those before it. */
public enum Tier {
  /** L0: an address. */
  ADDRESS("an address"),
  /** L1: one valid certificate with its key, and the roots of the target. */
  SVID("--svid, --key and --bundle"),
  /** L2: the key of a test authority that the target trusts; the kit mints what it needs. */
  AUTHORITY("--ca-key, the key of a test authority that the target trusts"),
  /** L3: hooks that make the target dial, change its policy, rotate or restart. */
  CONTROL("hooks in the target file (--target)");

  private final String need;

  Tier(String need) {
    this.need = need;
  }

  /** What to give, in words for a person. */
  public String need() {
    return need;
  }
}
