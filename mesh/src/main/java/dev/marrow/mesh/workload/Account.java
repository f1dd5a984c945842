package dev.marrow.mesh.workload;

import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.TrustDomain;

/**
 * The service account a workload runs as, with the identity that follows from it. Workloads of one
 * account share one value.
 */
public record Account(String namespace, String name, SpiffeId identity) {
  /** The trust domain of whoever names none. */
  public static final TrustDomain DEFAULT_TRUST_DOMAIN = TrustDomain.parse("cluster.local");

  /** The account of whoever names none. */
  public static final String DEFAULT_NAME = "default";

  public Account {
    Check.notEmpty(namespace, "namespace");
    Check.notEmpty(name, "service account");
    String expected = "/ns/" + namespace + "/sa/" + name;
    Check.that(identity.path().equals(expected), "identity path", identity.path(), expected);
  }

  /** The account {@code name} of {@code namespace}. */
  public static Account of(TrustDomain trustDomain, String namespace, String name) {
    return new Account(namespace, name, SpiffeId.of(trustDomain, namespace, name));
  }

  public TrustDomain trustDomain() {
    return identity.trustDomain();
  }
}
