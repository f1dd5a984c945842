package dev.marrow.ztunnel.settings;

/** The configurable ports, and the fixed ones of the contract. */
public record Ports(int admin, int metrics) {
  public static final int OUTBOUND = 15001;
  public static final int INBOUND_PLAINTEXT = 15006;
  public static final int INBOUND_TUNNEL = 15008;
  public static final int SOCKS5 = 15080;
  public static final int READINESS = 15021;
}
