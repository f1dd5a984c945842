package dev.marrow.identity;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * An X.509-SVID with its key, and what its holder trusts.
 *
 * @param chain the leaf first, then its intermediates, without the root
 * @param key never leaves this process: not logged, not written, not shown by {@link #toString()}
 */
public record WorkloadCertificate(
    SpiffeId id, List<X509Certificate> chain, PrivateKey key, TrustBundle trust) {
  public WorkloadCertificate {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("chain: empty (expected: >= 1 certificate)");
    }
  }

  public X509Certificate leaf() {
    return chain.getFirst();
  }

  public Instant notBefore() {
    return leaf().getNotBefore().toInstant();
  }

  public Instant notAfter() {
    return leaf().getNotAfter().toInstant();
  }

  @Override
  public String toString() {
    return "WorkloadCertificate[%s, serial %s, until %s]"
        .formatted(id, leaf().getSerialNumber().toString(16), notAfter());
  }
}
