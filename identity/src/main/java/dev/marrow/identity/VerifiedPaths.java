package dev.marrow.identity;

import dev.marrow.identity.Verdict.Verified;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Chains whose signatures we have verified already, least recently used first out. Only what does
 * not depend on time or revocation is remembered: validity is looked at again on each use.
 * Thread-safe: one lock, held for a map operation.
 */
final class VerifiedPaths {
  private final Map<Key, Verified> paths;

  VerifiedPaths(int max) {
    this.paths =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Key, Verified> eldest) {
            return size() > max;
          }
        };
  }

  Optional<Verified> find(Key key, Instant now) {
    synchronized (paths) {
      return Optional.ofNullable(paths.get(key)).filter(v -> allValid(v, now));
    }
  }

  void remember(Key key, Verified verdict) {
    synchronized (paths) {
      paths.put(key, verdict);
    }
  }

  private static boolean allValid(Verified verified, Instant now) {
    for (X509Certificate certificate : verified.path()) {
      if (now.isBefore(certificate.getNotBefore().toInstant())
          || now.isAfter(certificate.getNotAfter().toInstant())) {
        return false;
      }
    }
    return true;
  }

  /** Everything a verdict depends on but time: the exact bytes, the role, and this very bundle. */
  static final class Key {
    private final byte[][] chain;
    private final PeerRole role;
    private final TrustBundle trust;
    private final int hash;

    Key(byte[][] chain, PeerRole role, TrustBundle trust) {
      this.chain = chain;
      this.role = role;
      this.trust = trust;
      this.hash = 31 * Arrays.deepHashCode(chain) + role.hashCode();
    }

    byte[][] chain() {
      return chain;
    }

    PeerRole role() {
      return role;
    }

    TrustBundle trust() {
      return trust;
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key that
          && hash == that.hash
          && role == that.role
          && trust.equals(that.trust)
          && Arrays.deepEquals(chain, that.chain);
    }
  }
}
