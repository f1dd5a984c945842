package dev.marrow.identity.authority;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A certificate for host names and addresses, with its key.
 *
 * @param chain the leaf first, without the root
 */
public record ServerCertificate(List<X509Certificate> chain, PrivateKey key) {
  public ServerCertificate {
    chain = List.copyOf(chain);
  }

  @Override
  public String toString() {
    return "ServerCertificate[serial %s, until %s]"
        .formatted(
            chain.getFirst().getSerialNumber().toString(16),
            chain.getFirst().getNotAfter().toInstant());
  }
}
