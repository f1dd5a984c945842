package dev.marrow.identity.revocation;

import java.security.GeneralSecurityException;
import java.security.cert.CRLReason;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.security.auth.x500.X500Principal;

/**
 * One list. Remembers whose signature it carries: to verify it again for each peer would cost as
 * much as the list is long. Thread-safe.
 */
final class RevocationList {
  private static final int CRL_SIGN = 6;
  private static final int MAX_ISSUERS = 64;
  private static final String DELTA = "2.5.29.27";
  private static final String ISSUING_DISTRIBUTION_POINT = "2.5.29.28";

  private final X509CRL list;
  private final ConcurrentMap<X509Certificate, Boolean> issuers = new ConcurrentHashMap<>();

  RevocationList(X509CRL list) {
    this.list = list;
  }

  X500Principal issuer() {
    return list.getIssuerX500Principal();
  }

  boolean signedBy(X509Certificate issuer) {
    Boolean known = issuers.get(issuer);
    if (known != null) {
      return known;
    }
    boolean signed = maySign(issuer) && verifies(issuer);
    if (issuers.size() < MAX_ISSUERS) {
      issuers.put(issuer, signed);
    }
    return signed;
  }

  boolean names(X509Certificate certificate) {
    X509CRLEntry entry = list.getRevokedCertificate(certificate);
    return entry != null && entry.getRevocationReason() != CRLReason.REMOVE_FROM_CRL;
  }

  /** Whether a certificate that it does not name is known to be good at {@code now}. */
  boolean isCompleteAt(Instant now) {
    return !now.isBefore(list.getThisUpdate().toInstant())
        && list.getNextUpdate() != null
        && !now.isAfter(list.getNextUpdate().toInstant())
        && !list.hasUnsupportedCriticalExtension()
        // It may speak of some certificates or of some reasons only (RFC 5280 §5.2.5).
        && list.getExtensionValue(ISSUING_DISTRIBUTION_POINT) == null
        && list.getExtensionValue(DELTA) == null;
  }

  // RFC 5280 §6.3.3 (f).
  private static boolean maySign(X509Certificate issuer) {
    boolean[] usage = issuer.getKeyUsage();
    return usage == null || usage[CRL_SIGN];
  }

  private boolean verifies(X509Certificate issuer) {
    try {
      list.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException another) {
      return false;
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RevocationList that && list.equals(that.list);
  }

  @Override
  public int hashCode() {
    return list.hashCode();
  }
}
