package dev.marrow.identity;

import dev.marrow.identity.Verdict.Refused;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXReason;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** RFC 5280 §6 on one path, by the JDK's validator, and what it leaves to the application. */
final class PathRules {
  private static final String NAME_CONSTRAINTS = "2.5.29.30";

  private PathRules() {}

  /** Why {@code path}, leaf first and without {@code root}, does not hold under {@code root}. */
  static Optional<Refused> refusal(
      SpiffeId id, List<X509Certificate> path, X509Certificate root, Instant now) {
    List<X509Certificate> whole = new ArrayList<>(path);
    whole.add(root);
    Optional<Refused> refused = Strength.refusal(whole);
    if (refused.isPresent()) {
      return refused;
    }
    // A name constraint compares hosts. The JDK passes over a host that is no DNS name, so that
    // an excluded domain could hide behind an underscore.
    if (whole.stream().anyMatch(c -> c.getExtensionValue(NAME_CONSTRAINTS) != null)
        && URI.create(id.toString()).getHost() == null) {
      return Optional.of(
          new Refused(PeerRefusal.NAME_CONSTRAINTS, "cannot be applied to " + id.trustDomain()));
    }
    return pkix(selfSigned(root) ? whole : path, root, now);
  }

  // The anchor is only a name and a key. So a root that signed itself is checked like every other
  // issuer: validity, keyUsage, path length and name constraints.
  private static Optional<Refused> pkix(
      List<X509Certificate> path, X509Certificate root, Instant now) {
    try {
      TrustAnchor anchor =
          new TrustAnchor(root.getSubjectX500Principal(), root.getPublicKey(), null);
      PKIXParameters parameters = new PKIXParameters(Set.of(anchor));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
      return Optional.empty();
    } catch (CertPathValidatorException invalid) {
      return Optional.of(new Refused(why(invalid), describe(invalid, path)));
    } catch (GeneralSecurityException | RuntimeException broken) {
      return Optional.of(
          new Refused(PeerRefusal.INVALID_PATH, String.valueOf(broken.getMessage())));
    }
  }

  private static boolean selfSigned(X509Certificate root) {
    return root.getSubjectX500Principal().equals(root.getIssuerX500Principal());
  }

  private static PeerRefusal why(CertPathValidatorException invalid) {
    return switch (invalid.getReason()) {
      case BasicReason.EXPIRED -> PeerRefusal.EXPIRED;
      case BasicReason.NOT_YET_VALID -> PeerRefusal.NOT_YET_VALID;
      case BasicReason.INVALID_SIGNATURE -> PeerRefusal.BAD_SIGNATURE;
      case BasicReason.ALGORITHM_CONSTRAINED -> PeerRefusal.WEAK_CRYPTO;
      case PKIXReason.NOT_CA_CERT, PKIXReason.INVALID_KEY_USAGE -> PeerRefusal.BAD_ISSUER;
      case PKIXReason.PATH_TOO_LONG -> PeerRefusal.PATH_TOO_LONG;
      case PKIXReason.INVALID_NAME -> PeerRefusal.NAME_CONSTRAINTS;
      case PKIXReason.UNRECOGNIZED_CRIT_EXT -> PeerRefusal.UNKNOWN_CRITICAL_EXTENSION;
      case PKIXReason.NO_TRUST_ANCHOR, PKIXReason.NAME_CHAINING -> PeerRefusal.UNKNOWN_CA;
      default -> PeerRefusal.INVALID_PATH;
    };
  }

  private static String describe(CertPathValidatorException invalid, List<X509Certificate> path) {
    int index = invalid.getIndex();
    String where =
        index >= 0 && index < path.size()
            ? "certificate %d (%s): ".formatted(index, path.get(index).getSubjectX500Principal())
            : "";
    return where + invalid.getMessage();
  }
}
