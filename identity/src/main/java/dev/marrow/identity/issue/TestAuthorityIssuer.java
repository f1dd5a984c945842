package dev.marrow.identity.issue;

import dev.marrow.identity.Pem;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.authority.TestMint;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Signs by itself, with a root whose key everybody may know. Thread-safe. */
final class TestAuthorityIssuer implements Issuer {
  private final X509Certificate root;
  private final PrivateKey rootKey;
  private final Duration life;
  private final Clock clock;

  TestAuthorityIssuer(String rootPem, String keyPem, Duration life, Clock clock) {
    List<X509Certificate> roots = Pem.certificates(rootPem);
    if (roots.size() != 1) {
      throw new IllegalArgumentException(
          "test authority: %d roots (expected: 1)".formatted(roots.size()));
    }
    this.root = roots.getFirst();
    this.rootKey = Pem.privateKey(keyPem);
    this.life = life;
    this.clock = clock;
  }

  @Override
  public Issue issue(SpiffeId id) {
    KeyPair key = SigningRequest.newKey();
    X509Certificate leaf = TestMint.sign(root, rootKey, key.getPublic(), id, life, clock.instant());
    return new CsrAnswer(id, key, Set.of(), clock)
        .check(List.of(Pem.encode(leaf), Pem.encode(root)));
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}
