package dev.marrow.ztunnel.report;

/** The response flags of the contract: why a connection failed, in one word. */
public enum Flag {
  OK("-"),
  DENY("DENY"),
  CONNECT("CONNECT"),
  TLS_FAILURE("TLS_FAILURE"),
  H2_HANDSHAKE_FAILURE("H2_HANDSHAKE_FAILURE"),
  IDENTITY_ERROR("IDENTITY_ERROR"),
  NETWORK_POLICY("NETWORK_POLICY"),
  CERT_REVOKED("CERT_REVOKED");

  private final String text;

  Flag(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }
}
