package dev.marrow.identity.issue;

import dev.marrow.identity.Pem;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.authority.TestMint;
import java.io.UncheckedIOException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Signs by itself, with a root whose key everybody may know. The files are read each time: with
 * another root, more roots behind the one that signs, or no key at all, it plays an authority that
 * changes, or is away. Thread-safe.
 */
final class TestAuthorityIssuer implements Issuer {
  private final FileOrText rootPem;
  private final FileOrText keyPem;
  private final Duration life;
  private final Clock clock;

  /** Fails at once when the files cannot be used now. */
  TestAuthorityIssuer(FileOrText rootPem, FileOrText keyPem, Duration life, Clock clock) {
    this.rootPem = rootPem;
    this.keyPem = keyPem;
    this.life = life;
    this.clock = clock;
    roots();
    Pem.privateKey(keyPem.read());
  }

  private List<X509Certificate> roots() {
    List<X509Certificate> roots = Pem.certificates(rootPem.read());
    if (roots.isEmpty()) {
      throw new IllegalArgumentException("test authority: no root (expected: >= 1)");
    }
    return roots;
  }

  @Override
  public Issue issue(SpiffeId id) {
    try {
      List<X509Certificate> roots = roots();
      PrivateKey rootKey = Pem.privateKey(keyPem.read());
      KeyPair key = SigningRequest.newKey();
      X509Certificate leaf =
          TestMint.sign(roots.getFirst(), rootKey, key.getPublic(), id, life, clock.instant());
      String trusted = roots.stream().map(Pem::encode).collect(Collectors.joining());
      return new CsrAnswer(id, key, Set.of(), clock).check(List.of(Pem.encode(leaf), trusted));
    } catch (UncheckedIOException | IllegalArgumentException unusable) {
      return new Issue.NotIssued(
          Issue.Reason.BAD_CREDENTIALS, String.valueOf(unusable.getMessage()));
    }
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}
