package dev.marrow.conformance.mint;

import java.security.PrivateKey;
import java.util.List;

/**
 * A chain to show and the key that belongs to its leaf. The certificates are plain DER, because
 * some of them are not well-formed on purpose.
 *
 * @param chain leaf first
 */
public record Svid(List<byte[]> chain, PrivateKey key) {
  public Svid {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("chain: empty (expected: >= 1 certificate)");
    }
  }

  @Override
  public String toString() {
    return "Svid[%d certificates]".formatted(chain.size());
  }
}
