package dev.marrow.identity;

import dev.marrow.identity.Verdict.Refused;
import dev.marrow.identity.Verdict.Verified;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Verifies chains by the rules of X509-SVID §5 and RFC 5280 §6. The roots are those of the leaf's
 * own trust domain and no others (SPIFFE Federation §4.2). Thread-safe.
 *
 * <p>Stricter than the standards where a legitimate mesh loses nothing: keyUsage must be there,
 * roots must be valid at the time, keys and signatures must be of today's strength.
 */
public final class SvidVerifier {
  private final ChainLimits limits;
  private final Clock clock;
  private final RevocationCheck revocation;
  private final VerifiedPaths verified;

  public SvidVerifier(ChainLimits limits, Clock clock, RevocationCheck revocation) {
    this.limits = limits;
    this.clock = clock;
    this.revocation = revocation;
    this.verified = new VerifiedPaths(limits.rememberedChains());
  }

  /** A verifier with the default limits that asks nobody about revocation. */
  public static SvidVerifier of(Clock clock) {
    return new SvidVerifier(ChainLimits.DEFAULT, clock, RevocationCheck.NONE);
  }

  /** Verifies what the peer sent, in DER: the leaf first, then intermediates in any order. */
  public Verdict verify(byte[][] chain, PeerRole role, TrustBundle trust) {
    return verify(chain, role, trust, clock.instant());
  }

  /**
   * Judges a peer once more that proved itself while its certificate was valid. Should that have
   * expired meanwhile, its last moment counts: it proves no less than it did.
   */
  public Verdict verifyAgain(List<X509Certificate> chain, PeerRole role, TrustBundle trust) {
    Instant end = chain.getFirst().getNotAfter().toInstant();
    Instant now = clock.instant();
    return verify(Certificates.encoded(chain), role, trust, now.isAfter(end) ? end : now);
  }

  private Verdict verify(byte[][] chain, PeerRole role, TrustBundle trust, Instant now) {
    Optional<Refused> tooLarge = limits.refusal(chain);
    if (tooLarge.isPresent()) {
      return tooLarge.get();
    }
    VerifiedPaths.Key key = new VerifiedPaths.Key(chain, role, trust);
    Verdict verdict =
        verified.find(key, now).map(Verdict.class::cast).orElseGet(() -> judge(key, now));
    if (verdict instanceof Verified(SpiffeId id, List<X509Certificate> path)) {
      return revocation.refusal(path).map(Verdict.class::cast).orElse(verdict);
    }
    return verdict;
  }

  /** Verifies parsed certificates. */
  public Verdict verify(List<X509Certificate> chain, PeerRole role, TrustBundle trust) {
    return verify(Certificates.encoded(chain), role, trust);
  }

  /** The one SPIFFE id in {@code leaf}; throws if there is none. It proves nothing by itself. */
  public static SpiffeId claimedId(X509Certificate leaf) {
    return switch (LeafRules.claimedId(leaf)) {
      case LeafRules.Claim.Of(SpiffeId id) -> id;
      case LeafRules.Claim.None(Refused(PeerRefusal why, String detail)) ->
          throw new IllegalArgumentException("leaf: " + why + ": " + detail);
    };
  }

  private Verdict judge(VerifiedPaths.Key key, Instant now) {
    Verdict verdict =
        switch (Certificates.parse(key.chain())) {
          case Certificates.Parsed.Bad(String detail) -> new Refused(PeerRefusal.MALFORMED, detail);
          case Certificates.Parsed.Chain(List<X509Certificate> chain) ->
              judge(chain, key.role(), key.trust(), now);
        };
    if (verdict instanceof Verified proven) {
      verified.remember(key, proven);
    }
    return verdict;
  }

  private Verdict judge(
      List<X509Certificate> chain, PeerRole role, TrustBundle trust, Instant now) {
    X509Certificate leaf = chain.getFirst();
    return switch (LeafRules.claimedId(leaf)) {
      case LeafRules.Claim.None(Refused refused) -> refused;
      case LeafRules.Claim.Of(SpiffeId id) -> {
        Optional<Refused> refused = LeafRules.refusal(leaf, role, now);
        yield refused.isPresent() ? refused.get() : findPath(id, chain, trust, now);
      }
    };
  }

  private Verdict findPath(
      SpiffeId id, List<X509Certificate> chain, TrustBundle trust, Instant now) {
    Set<X509Certificate> roots = trust.rootsOf(id.trustDomain());
    if (roots.isEmpty()) {
      return new Refused(
          PeerRefusal.UNKNOWN_TRUST_DOMAIN, "no roots for trust domain " + id.trustDomain());
    }
    return new PathSearch(id, chain, roots, now).run();
  }
}
