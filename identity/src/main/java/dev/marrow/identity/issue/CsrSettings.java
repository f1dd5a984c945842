package dev.marrow.identity.issue;

import dev.marrow.identity.TrustDomain;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * The CSR service and how to talk to it.
 *
 * @param serverName the name its certificate must show: {@code host}, or another if that is given
 * @param roots PEM of the roots its certificate must lead to
 * @param headers sent with each request, by lower-case name
 * @param impersonate ask for other identities than our own, as a node proxy does
 * @param aliases further names of the trust domain, under the same roots
 */
public record CsrSettings(
    String host,
    int port,
    String serverName,
    FileOrText roots,
    Credentials credentials,
    Map<String, String> headers,
    Duration ttl,
    boolean impersonate,
    Duration timeout,
    Set<TrustDomain> aliases) {
  public CsrSettings {
    headers = Map.copyOf(headers);
    aliases = Set.copyOf(aliases);
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port: %d (expected: 1-65535)".formatted(port));
    }
    if (ttl.toSeconds() < 1) {
      throw new IllegalArgumentException("ttl: %s (expected: >= 1 s)".formatted(ttl));
    }
    if (timeout.isZero() || timeout.isNegative()) {
      throw new IllegalArgumentException("timeout: %s (expected: > 0)".formatted(timeout));
    }
  }

  /** A node proxy's: a day's life, ten seconds' patience, identities of others. */
  public static CsrSettings of(String host, int port, FileOrText roots, Credentials credentials) {
    return new CsrSettings(
        host,
        port,
        host,
        roots,
        credentials,
        Map.of(),
        Duration.ofHours(24),
        true,
        Duration.ofSeconds(10),
        Set.of());
  }

  public CsrSettings withServerName(String name) {
    return new CsrSettings(
        host, port, name, roots, credentials, headers, ttl, impersonate, timeout, aliases);
  }

  public CsrSettings withHeaders(Map<String, String> more) {
    return new CsrSettings(
        host, port, serverName, roots, credentials, more, ttl, impersonate, timeout, aliases);
  }

  public CsrSettings withTtl(Duration life) {
    return new CsrSettings(
        host, port, serverName, roots, credentials, headers, life, impersonate, timeout, aliases);
  }

  public CsrSettings withImpersonation(boolean others) {
    return new CsrSettings(
        host, port, serverName, roots, credentials, headers, ttl, others, timeout, aliases);
  }

  public CsrSettings withTimeout(Duration patience) {
    return new CsrSettings(
        host, port, serverName, roots, credentials, headers, ttl, impersonate, patience, aliases);
  }

  public CsrSettings withAliases(Set<TrustDomain> names) {
    return new CsrSettings(
        host, port, serverName, roots, credentials, headers, ttl, impersonate, timeout, names);
  }
}
