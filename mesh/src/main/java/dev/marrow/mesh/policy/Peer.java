package dev.marrow.mesh.policy;

import dev.marrow.identity.SpiffeId;
import java.util.Optional;

/** Who is at the other end of a connection, as far as TLS has proven it. */
public final class Peer {
  /** Plaintext: nothing is proven. */
  public static final Peer ANONYMOUS = new Peer("", "", "");

  private static final String SCHEME = "spiffe://";

  private final String principal;
  private final String namespace;
  private final String serviceAccount;

  private Peer(String principal, String namespace, String serviceAccount) {
    this.principal = principal;
    this.namespace = namespace;
    this.serviceAccount = serviceAccount;
  }

  /** A peer that has shown a certificate for {@code id}. */
  public static Peer verified(SpiffeId id) {
    return new Peer(
        id.toString().substring(SCHEME.length()),
        id.namespace().orElse(""),
        id.serviceAccount().orElse(""));
  }

  /** A peer that has, or has not, shown a certificate. */
  public static Peer of(Optional<SpiffeId> id) {
    return id.map(Peer::verified).orElse(ANONYMOUS);
  }

  public boolean verified() {
    return !principal.isEmpty();
  }

  /** The identity without {@code spiffe://}; "" if not verified. */
  public String principal() {
    return principal;
  }

  /** "" if not verified, or if the identity is not of Istio's form. */
  public String namespace() {
    return namespace;
  }

  boolean is(String ofNamespace, String ofServiceAccount) {
    return !serviceAccount.isEmpty()
        && namespace.equals(ofNamespace)
        && serviceAccount.equals(ofServiceAccount);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Peer that && principal.equals(that.principal);
  }

  @Override
  public int hashCode() {
    return principal.hashCode();
  }

  @Override
  public String toString() {
    return verified() ? SCHEME + principal : "anonymous";
  }
}
