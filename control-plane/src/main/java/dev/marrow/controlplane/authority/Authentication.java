package dev.marrow.controlplane.authority;

/** What came of asking who calls. */
public sealed interface Authentication {
  /** It is them. */
  record Known(Caller caller) implements Authentication {}

  /**
   * It is nobody.
   *
   * @param detail for the log; never a token
   */
  record Refused(Refusal reason, String detail) implements Authentication {}
}
