package dev.marrow.identity.authority;

import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.TrustBundle;
import dev.marrow.identity.TrustDomain;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embedded certificate authority of one trust domain. Signs for whatever id it is given: the
 * caller has asked first whether the requester may have it.
 *
 * <p>Thread-safe, and safe beside other processes on the same directory: each change is made under
 * a file lock, and {@link #reload} sees what others did.
 *
 * <p>A root is changed in three steps with time in between, so that nobody meets a certificate
 * whose root it does not know yet: {@link #addRoot}, {@link #switchRoot}, {@link #dropRoot}.
 */
public final class Authority {
  private static final Logger log = LoggerFactory.getLogger(Authority.class);

  private final TrustDomain trustDomain;
  private final Clock clock;
  private final AuthoritySettings settings;
  private final AuthorityKeys keys;
  private volatile AuthorityState state;

  private Authority(
      TrustDomain trustDomain, Clock clock, AuthoritySettings settings, AuthorityKeys keys) {
    this.trustDomain = trustDomain;
    this.clock = clock;
    this.settings = settings;
    this.keys = keys;
    this.state = keys.open(clock.instant());
  }

  /** The authority kept in {@code directory}, made there if there is none. */
  public static Authority open(Path directory, TrustDomain trustDomain, Clock clock) {
    return open(directory, trustDomain, clock, AuthoritySettings.DEFAULT);
  }

  /** Throws {@link IllegalStateException} if others could have read the keys. */
  public static Authority open(
      Path directory, TrustDomain trustDomain, Clock clock, AuthoritySettings settings) {
    return open(KeyDirectory.open(directory), trustDomain, clock, settings);
  }

  /** The authority kept in {@code files}, made there if there is none. */
  public static Authority open(
      KeyFiles files, TrustDomain trustDomain, Clock clock, AuthoritySettings settings) {
    return new Authority(
        trustDomain, clock, settings, new AuthorityKeys(files, trustDomain, settings));
  }

  /**
   * Signs for {@code id}.
   *
   * @param ttl wished for; never longer than the settings and the intermediate's own life allow
   * @return the leaf and the intermediate, without a root
   */
  public List<X509Certificate> sign(CertificateRequest request, SpiffeId id, Duration ttl) {
    if (!id.trustDomain().equals(trustDomain) || id.path().isEmpty()) {
      throw new IllegalArgumentException(
          "id: %s (expected: a workload of %s)".formatted(id, trustDomain));
    }
    SigningKey issuer = issuer();
    X509Certificate leaf = Mint.workload(issuer, request.key(), id.toString(), life(issuer, ttl));
    return List.of(leaf, issuer.certificate());
  }

  /** A certificate with a fresh key for a server of our own, found by name or address. */
  public ServerCertificate serverCertificate(
      Set<String> hosts, Set<InetAddress> addresses, Duration ttl) {
    SigningKey issuer = issuer();
    KeyPair pair = SigningKey.generate();
    X509Certificate leaf =
        Mint.server(issuer, pair.getPublic(), hosts, addresses, life(issuer, ttl));
    return new ServerCertificate(List.of(leaf, issuer.certificate()), pair.getPrivate());
  }

  /** All roots to be trusted: the one that signs and those that are coming or going. */
  public Set<X509Certificate> roots() {
    return state.roots().values().stream()
        .map(SigningKey::certificate)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The roots as a bundle of the trust domain. */
  public TrustBundle bundle() {
    return TrustBundle.of(trustDomain, roots());
  }

  /** The names of the roots, for {@link #switchRoot} and {@link #dropRoot}. */
  public Set<String> rootNames() {
    return state.roots().keySet();
  }

  /** The name of the root that signs. */
  public String activeRoot() {
    return state.active();
  }

  /** Makes another root that is trusted from now on but does not sign yet; returns its name. */
  public synchronized String addRoot() {
    String name = keys.addRoot(clock.instant());
    reload();
    return name;
  }

  /** Signs under root {@code name} from now on, with a new intermediate. */
  public synchronized void switchRoot(String name) {
    keys.switchRoot(name, clock.instant());
    reload();
  }

  /** Stops trusting root {@code name} and deletes its key. It must not be the one that signs. */
  public synchronized void dropRoot(String name) {
    keys.dropRoot(name);
    reload();
  }

  /** Replaces the intermediate before its time. */
  public synchronized void rotateIntermediate() {
    keys.rotateIntermediate(clock.instant());
    reload();
  }

  /** Reads again what is in the directory. */
  public synchronized void reload() {
    state = keys.open(clock.instant());
  }

  private SigningKey issuer() {
    if (AuthorityKeys.stale(state.intermediate(), clock.instant())) {
      renew();
    }
    return state.intermediate();
  }

  /** Half of the intermediate's life is left to get over a place of the keys that is away. */
  private void renew() {
    try {
      reload();
    } catch (UncheckedIOException e) {
      log.warn("intermediate not renewed, the last one goes on: {}", e.getMessage());
    }
  }

  private Mint.Life life(SigningKey issuer, Duration ttl) {
    if (ttl.isNegative() || ttl.isZero()) {
      throw new IllegalArgumentException("ttl: %s (expected: > 0)".formatted(ttl));
    }
    Instant now = clock.instant();
    Duration granted = ttl.compareTo(settings.leaf()) < 0 ? ttl : settings.leaf();
    Instant wished = now.plus(granted);
    Instant last = issuer.certificate().getNotAfter().toInstant();
    return new Mint.Life(now.minus(settings.skew()), wished.isBefore(last) ? wished : last);
  }
}
