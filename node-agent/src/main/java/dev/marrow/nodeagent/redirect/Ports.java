package dev.marrow.nodeagent.redirect;

/** Numbers the redirect rules and the node proxy agree on; Istio's. */
final class Ports {
  static final int OUTBOUND = 15001;
  static final int INBOUND = 15006;
  static final int TUNNEL = 15008;
  static final int DNS = 15053;

  private Ports() {}
}
