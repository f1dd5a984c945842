package dev.marrow.identity;

import static dev.marrow.identity.PeerRefusal.BAD_EXTENDED_KEY_USAGE;
import static dev.marrow.identity.PeerRefusal.BAD_KEY_USAGE;
import static dev.marrow.identity.PeerRefusal.BAD_SPIFFE_ID;
import static dev.marrow.identity.PeerRefusal.EXPIRED;
import static dev.marrow.identity.PeerRefusal.MALFORMED;
import static dev.marrow.identity.PeerRefusal.NOT_YET_VALID;
import static dev.marrow.identity.PeerRefusal.NO_SPIFFE_ID;
import static dev.marrow.identity.PeerRefusal.SEVERAL_URIS;
import static dev.marrow.identity.PeerRefusal.SIGNING_LEAF;

import dev.marrow.identity.Verdict.Refused;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What X509-SVID §2-§5 asks of a leaf by itself, before anybody's signature is looked at. */
final class LeafRules {
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int KEY_CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;
  private static final String ANY_PURPOSE = "2.5.29.37.0";

  /** The id a leaf claims, or why it claims none. */
  sealed interface Claim {
    record Of(SpiffeId id) implements Claim {}

    record None(Refused why) implements Claim {}
  }

  private LeafRules() {}

  static Claim claimedId(X509Certificate leaf) {
    List<String> uris;
    try {
      uris = UriNames.of(leaf);
    } catch (IllegalArgumentException malformed) {
      return none(MALFORMED, "alternative names: " + malformed.getMessage());
    }
    if (uris.isEmpty()) {
      return none(NO_SPIFFE_ID, "no URI name");
    }
    if (uris.size() > 1) {
      return none(SEVERAL_URIS, uris.size() + " URI names (expected: 1)");
    }
    return workloadId(uris.getFirst());
  }

  static Optional<Refused> refusal(X509Certificate leaf, PeerRole role, Instant now) {
    if (now.isAfter(leaf.getNotAfter().toInstant())) {
      return refused(EXPIRED, "leaf expired at " + leaf.getNotAfter().toInstant());
    }
    if (now.isBefore(leaf.getNotBefore().toInstant())) {
      return refused(NOT_YET_VALID, "leaf valid from " + leaf.getNotBefore().toInstant());
    }
    if (leaf.getBasicConstraints() != -1) {
      return refused(SIGNING_LEAF, "leaf is a CA");
    }
    return keyUsage(leaf.getKeyUsage()).or(() -> purpose(leaf, role));
  }

  private static Claim workloadId(String uri) {
    try {
      SpiffeId id = SpiffeId.parse(uri);
      return id.path().isEmpty()
          ? none(BAD_SPIFFE_ID, "id of a trust domain, not of a workload: " + id)
          : new Claim.Of(id);
    } catch (IllegalArgumentException malformed) {
      return none(BAD_SPIFFE_ID, String.valueOf(malformed.getMessage()));
    }
  }

  private static Optional<Refused> keyUsage(boolean @Nullable [] usage) {
    if (usage == null) {
      return refused(BAD_KEY_USAGE, "leaf without keyUsage");
    }
    if (usage[KEY_CERT_SIGN] || usage[CRL_SIGN]) {
      return refused(SIGNING_LEAF, "leaf with keyCertSign or cRLSign");
    }
    return usage[DIGITAL_SIGNATURE]
        ? Optional.empty()
        : refused(BAD_KEY_USAGE, "leaf without digitalSignature");
  }

  private static Optional<Refused> purpose(X509Certificate leaf, PeerRole role) {
    try {
      List<String> purposes = leaf.getExtendedKeyUsage();
      boolean fits =
          purposes == null || purposes.contains(role.purpose()) || purposes.contains(ANY_PURPOSE);
      return fits
          ? Optional.empty()
          : refused(BAD_EXTENDED_KEY_USAGE, purposes + " (expected: " + role.purpose() + ")");
    } catch (CertificateParsingException malformed) {
      return refused(MALFORMED, "extendedKeyUsage: " + malformed.getMessage());
    }
  }

  private static Claim none(PeerRefusal why, String detail) {
    return new Claim.None(new Refused(why, detail));
  }

  private static Optional<Refused> refused(PeerRefusal why, String detail) {
    return Optional.of(new Refused(why, detail));
  }
}
