package dev.marrow.identity.tls;

import dev.marrow.identity.ChainLimits;
import java.time.Duration;
import java.util.List;

/**
 * How mutual TLS is done.
 *
 * @param tls12 also TLS 1.2, with forward secrecy and AES-GCM only ({@code TLS12_ENABLED})
 * @param identities own identities whose TLS contexts are kept
 */
public record TlsSettings(
    Provider provider,
    Compliance compliance,
    boolean tls12,
    Duration handshakeTimeout,
    ChainLimits chain,
    int identities) {

  /** Whose TLS. */
  public enum Provider {
    /** BoringSSL through netty-tcnative: fast, hybrid post-quantum key exchange. */
    BORINGSSL,
    /** The JDK's own: runs everywhere, several times slower, no post-quantum key exchange. */
    JDK
  }

  /** Which key exchanges are allowed ({@code COMPLIANCE_POLICY}). */
  public enum Compliance {
    /** Hybrid post-quantum first, classical for peers that have nothing better. */
    DEFAULT,
    /** Hybrid post-quantum or nothing. */
    PQC;

    List<String> groups() {
      return switch (this) {
        case DEFAULT -> List.of("X25519MLKEM768", "X25519", "P-256", "P-384");
        case PQC -> List.of("X25519MLKEM768");
      };
    }
  }

  public static final TlsSettings DEFAULT =
      new TlsSettings(
          Provider.BORINGSSL,
          Compliance.DEFAULT,
          false,
          Duration.ofSeconds(10),
          ChainLimits.DEFAULT,
          1024);

  public TlsSettings {
    if (provider == Provider.JDK && compliance == Compliance.PQC) {
      throw new IllegalArgumentException(
          "compliance: PQC with provider JDK (expected: BORINGSSL, the JDK has no hybrid groups)");
    }
    if (compliance == Compliance.PQC && tls12) {
      throw new IllegalArgumentException("compliance: PQC with TLS 1.2 (expected: TLS 1.3 only)");
    }
    if (handshakeTimeout.isNegative() || handshakeTimeout.isZero()) {
      throw new IllegalArgumentException(
          "handshakeTimeout: %s (expected: > 0)".formatted(handshakeTimeout));
    }
    if (identities < 1) {
      throw new IllegalArgumentException("identities: %d (expected: >= 1)".formatted(identities));
    }
  }

  public TlsSettings with(Provider other) {
    return new TlsSettings(other, compliance, tls12, handshakeTimeout, chain, identities);
  }

  public TlsSettings with(Compliance other) {
    return new TlsSettings(provider, other, tls12, handshakeTimeout, chain, identities);
  }

  public TlsSettings withTls12(boolean enabled) {
    return new TlsSettings(provider, compliance, enabled, handshakeTimeout, chain, identities);
  }

  public TlsSettings withHandshakeTimeout(Duration timeout) {
    return new TlsSettings(provider, compliance, tls12, timeout, chain, identities);
  }
}
