package dev.marrow.identity.tls;

import dev.marrow.identity.Verdict.Refused;
import java.security.cert.CertPathValidatorException;

/**
 * Carries a refusal through a TLS engine and out at the other end. A path exception, because from
 * its reason the JDK's engine chooses the alert that the peer sees.
 */
final class PeerRefusedException extends CertPathValidatorException {
  private static final long serialVersionUID = 1;

  private final transient Refused refused;

  PeerRefusedException(Refused refused) {
    super(refused.why() + ": " + refused.detail(), null, null, -1, reason(refused));
    this.refused = refused;
  }

  Refused refused() {
    return refused;
  }

  // An expected outcome: no stack walk per refused peer.
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }

  private static Reason reason(Refused refused) {
    return switch (refused.why()) {
      case EXPIRED -> BasicReason.EXPIRED;
      case NOT_YET_VALID -> BasicReason.NOT_YET_VALID;
      case REVOKED -> BasicReason.REVOKED;
      default -> BasicReason.UNSPECIFIED;
    };
  }
}
