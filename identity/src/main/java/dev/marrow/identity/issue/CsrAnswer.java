package dev.marrow.identity.issue;

import dev.marrow.identity.ChainLimits;
import dev.marrow.identity.PeerRole;
import dev.marrow.identity.Pem;
import dev.marrow.identity.RevocationCheck;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.SvidVerifier;
import dev.marrow.identity.TrustBundle;
import dev.marrow.identity.TrustDomain;
import dev.marrow.identity.Verdict;
import dev.marrow.identity.WorkloadCertificate;
import dev.marrow.identity.issue.Issue.Issued;
import dev.marrow.identity.issue.Issue.NotIssued;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks what an issuer answered before anybody uses it: a certificate for this key and this
 * identity, valid now, under the roots that came with it.
 */
final class CsrAnswer {
  private static final int MAX_ENTRIES = 16;
  private static final ChainLimits NOTHING_REMEMBERED =
      new ChainLimits(ChainLimits.DEFAULT.certificates(), ChainLimits.DEFAULT.bytes(), 0);

  private final SpiffeId id;
  private final KeyPair key;
  private final Set<TrustDomain> aliases;
  private final SvidVerifier verifier;

  CsrAnswer(SpiffeId id, KeyPair key, Set<TrustDomain> aliases, Clock clock) {
    this.id = id;
    this.key = key;
    this.aliases = aliases;
    this.verifier = new SvidVerifier(NOTHING_REMEMBERED, clock, RevocationCheck.NONE);
  }

  /** The leaf first, then its intermediates, last the roots, of which there may be several. */
  Issue check(List<String> entries) {
    if (entries.size() < 2 || entries.size() > MAX_ENTRIES) {
      return bad("%d entries (expected: 2-%d)".formatted(entries.size(), MAX_ENTRIES));
    }
    try {
      List<X509Certificate> chain =
          entries.subList(0, entries.size() - 1).stream()
              .flatMap(pem -> Pem.certificates(pem).stream())
              .toList();
      return check(chain, new HashSet<>(Pem.certificates(entries.getLast())));
    } catch (IllegalArgumentException malformed) {
      return bad(String.valueOf(malformed.getMessage()));
    }
  }

  private Issue check(List<X509Certificate> chain, Set<X509Certificate> roots) {
    if (chain.isEmpty() || roots.isEmpty()) {
      return bad(
          "%d certificates, %d roots (expected: >= 1)".formatted(chain.size(), roots.size()));
    }
    if (!chain.getFirst().getPublicKey().equals(key.getPublic())) {
      return bad("certificate for another key");
    }
    TrustBundle trust = trust(roots);
    return switch (verifier.verify(chain, PeerRole.SERVER, trust)) {
      case Verdict.Refused refused -> bad(refused.why() + ": " + refused.detail());
      case Verdict.Verified verified when !verified.id().equals(id) ->
          bad("certificate for %s (expected: %s)".formatted(verified.id(), id));
      case Verdict.Verified verified ->
          new Issued(new WorkloadCertificate(id, chain, key.getPrivate(), trust));
    };
  }

  private TrustBundle trust(Set<X509Certificate> roots) {
    Map<TrustDomain, Set<X509Certificate>> domains = new HashMap<>();
    aliases.forEach(alias -> domains.put(alias, roots));
    domains.put(id.trustDomain(), roots);
    return new TrustBundle(domains);
  }

  private static Issue bad(String detail) {
    return new NotIssued(Issue.Reason.BAD_ANSWER, detail);
  }
}
