package dev.marrow.conformance.policy;

/** What a rule can look at. */
public enum Attribute {
  /** Trust domain and path, without {@code spiffe://}. */
  PRINCIPALS("principals", "notPrincipals"),
  NAMESPACES("namespaces", "notNamespaces"),
  /** {@code namespace/name}; no patterns. */
  SERVICE_ACCOUNTS("serviceAccounts", "notServiceAccounts"),
  /** Address blocks. */
  SOURCE_IPS("ipBlocks", "notIpBlocks"),
  DESTINATION_PORTS("ports", "notPorts");

  private final String word;
  private final String opposite;

  Attribute(String word, String opposite) {
    this.word = word;
    this.opposite = opposite;
  }

  /** As an AuthorizationPolicy calls it. */
  public String word(boolean not) {
    return not ? opposite : word;
  }

  /** Whether it is about where the connection goes, not who makes it. */
  public boolean isOperation() {
    return this == DESTINATION_PORTS;
  }
}
