package dev.marrow.identity;

import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The roots that may vouch for each trust domain. Roots of one domain never vouch for another
 * (SPIFFE Federation §4.2).
 */
public record TrustBundle(Map<TrustDomain, Set<X509Certificate>> roots) {
  public TrustBundle {
    roots =
        roots.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(Map.Entry::getKey, e -> Set.copyOf(e.getValue())));
  }

  /** A bundle of a single trust domain. */
  public static TrustBundle of(TrustDomain trustDomain, Set<X509Certificate> roots) {
    return new TrustBundle(Map.of(trustDomain, roots));
  }

  /** The roots of {@code trustDomain}; empty for a domain nobody told us to trust. */
  public Set<X509Certificate> rootsOf(TrustDomain trustDomain) {
    return roots.getOrDefault(trustDomain, Set.of());
  }
}
