package dev.marrow.identity;

import dev.marrow.identity.Verdict.Refused;
import dev.marrow.identity.Verdict.Verified;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks for a valid path from a leaf to one of its roots, names first, signatures last. Used once,
 * by one thread. The work is bounded whatever a peer sends: chains of equal names have as many
 * paths as permutations.
 */
final class PathSearch {
  private static final int MAX_STEPS = 64;
  private static final int MAX_VALIDATIONS = 8;

  private final SpiffeId id;
  private final List<X509Certificate> chain;
  private final Set<X509Certificate> roots;
  private final Instant now;
  private int steps;
  private int validations;
  private Refused firstRefusal;
  private boolean pathSeen;

  PathSearch(SpiffeId id, List<X509Certificate> chain, Set<X509Certificate> roots, Instant now) {
    this.id = id;
    this.chain = chain;
    this.roots = roots;
    this.now = now;
    this.firstRefusal =
        new Refused(
            PeerRefusal.UNKNOWN_CA,
            "%s: no path to a root of %s"
                .formatted(chain.getFirst().getIssuerX500Principal(), id.trustDomain()));
  }

  Verdict run() {
    Optional<Verified> found = extend(List.of(chain.getFirst()));
    return found.isPresent() ? found.get() : firstRefusal;
  }

  private Optional<Verified> extend(List<X509Certificate> path) {
    if (++steps > MAX_STEPS) {
      return Optional.empty();
    }
    for (X509Certificate root : issuers(path, roots)) {
      Optional<Verified> found = validate(path, root);
      if (found.isPresent()) {
        return found;
      }
    }
    for (X509Certificate intermediate : issuers(path, chain.subList(1, chain.size()))) {
      Optional<Verified> found = extend(plus(path, intermediate));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private Optional<Verified> validate(List<X509Certificate> path, X509Certificate root) {
    if (++validations > MAX_VALIDATIONS) {
      return Optional.empty();
    }
    Optional<Refused> refused = PathRules.refusal(id, path, root, now);
    if (refused.isEmpty()) {
      return Optional.of(new Verified(id, plus(path, root)));
    }
    if (!pathSeen) {
      pathSeen = true;
      firstRefusal = refused.get();
    }
    return Optional.empty();
  }

  private static List<X509Certificate> issuers(
      List<X509Certificate> path, Collection<X509Certificate> candidates) {
    X509Certificate subject = path.getLast();
    return candidates.stream()
        .filter(c -> c.getSubjectX500Principal().equals(subject.getIssuerX500Principal()))
        .filter(c -> !path.contains(c))
        .toList();
  }

  private static List<X509Certificate> plus(List<X509Certificate> path, X509Certificate next) {
    List<X509Certificate> longer = new ArrayList<>(path);
    longer.add(next);
    return longer;
  }
}
