package dev.marrow.identity.authority;

import dev.marrow.identity.SpiffeId;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/** Signs leafs directly under a given root, without an intermediate: for the test authority. */
public final class TestMint {
  private static final Duration SKEW = Duration.ofMinutes(2);

  private TestMint() {}

  public static X509Certificate sign(
      X509Certificate root,
      PrivateKey rootKey,
      PublicKey key,
      SpiffeId id,
      Duration life,
      Instant now) {
    return Mint.workload(
        new SigningKey(root, rootKey),
        key,
        id.toString(),
        new Mint.Life(now.minus(SKEW), now.plus(life)));
  }
}
