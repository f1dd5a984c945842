package dev.marrow.identity;

/** Which end of the connection the verified peer is. */
public enum PeerRole {
  CLIENT("1.3.6.1.5.5.7.3.2"),
  SERVER("1.3.6.1.5.5.7.3.1");

  private final String purpose;

  PeerRole(String purpose) {
    this.purpose = purpose;
  }

  /**
   * The extended key usage a certificate of this role needs, if it names any (RFC 5280 §4.2.1.12).
   */
  String purpose() {
    return purpose;
  }
}
