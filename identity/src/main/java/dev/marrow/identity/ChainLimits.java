package dev.marrow.identity;

import dev.marrow.identity.Verdict.Refused;
import java.util.Optional;

/**
 * How much of a peer's chain we look at. A mesh has a leaf and at most a few intermediates; more is
 * an attempt to make us work.
 *
 * @param certificates in one chain, the leaf included
 * @param bytes of the whole chain, in DER
 * @param rememberedChains verified paths kept, so that a peer's next connection costs no signatures
 */
public record ChainLimits(int certificates, int bytes, int rememberedChains) {
  public static final ChainLimits DEFAULT = new ChainLimits(8, 64 * 1024, 4096);

  public ChainLimits {
    check("certificates", certificates, 1);
    check("bytes", bytes, 1024);
    check("rememberedChains", rememberedChains, 0);
  }

  Optional<Refused> refusal(byte[][] chain) {
    if (chain.length == 0) {
      return Optional.of(new Refused(PeerRefusal.NO_CERTIFICATE, "no certificate"));
    }
    long total = 0;
    for (byte[] certificate : chain) {
      total += certificate.length;
    }
    if (chain.length <= certificates && total <= bytes) {
      return Optional.empty();
    }
    return Optional.of(
        new Refused(
            PeerRefusal.CHAIN_TOO_LARGE,
            "%d certificates, %d bytes (expected: <= %d, <= %d)"
                .formatted(chain.length, total, certificates, bytes)));
  }

  private static void check(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException("%s: %d (expected: >= %d)".formatted(name, value, least));
    }
  }
}
