package dev.marrow.identity.authority;

import dev.marrow.identity.TrustDomain;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import javax.security.auth.x500.X500Principal;

/**
 * The authority's keys in their directory: {@code root-NAME.pem} each, {@code active} with the name
 * of the root that signs, {@code intermediate.pem}. Every method is one locked step; each leaves a
 * directory that opens, wherever it is interrupted.
 */
final class AuthorityKeys {
  private static final String ROOT = "root-";
  private static final String PEM = ".pem";
  private static final String ACTIVE = "active";
  private static final String INTERMEDIATE = "intermediate.pem";

  private final KeyFiles files;
  private final TrustDomain trustDomain;
  private final AuthoritySettings settings;

  AuthorityKeys(KeyFiles files, TrustDomain trustDomain, AuthoritySettings settings) {
    this.files = files;
    this.trustDomain = trustDomain;
    this.settings = settings;
  }

  /** Whether half of its life is over. */
  static boolean stale(SigningKey intermediate, Instant now) {
    X509Certificate certificate = intermediate.certificate();
    Instant from = certificate.getNotBefore().toInstant();
    Duration life = Duration.between(from, certificate.getNotAfter().toInstant());
    return now.isAfter(from.plus(life.dividedBy(2)));
  }

  /** Reads the directory; makes what is missing or stale. */
  AuthorityState open(Instant now) {
    return files.locked(() -> {
      if (files.names(ROOT).isEmpty()) {
        newRoot(now);
      }
      NavigableMap<String, SigningKey> roots = roots();
      String active = active(roots);
      return new AuthorityState(roots, active, intermediate(roots, active, now));
    });
  }

  String addRoot(Instant now) {
    return files.locked(() -> newRoot(now));
  }

  void switchRoot(String name, Instant now) {
    files.locked(() -> {
      SigningKey root = root(name);
      files.write(ACTIVE, name);
      return newIntermediate(root, now);
    });
  }

  void rotateIntermediate(Instant now) {
    files.locked(() -> newIntermediate(root(active(roots())), now));
  }

  void dropRoot(String name) {
    files.locked(() -> {
      root(name);
      if (name.equals(active(roots()))) {
        throw new IllegalArgumentException("root: %s signs (expected: another)".formatted(name));
      }
      files.remove(ROOT + name + PEM);
      return name;
    });
  }

  private NavigableMap<String, SigningKey> roots() {
    NavigableMap<String, SigningKey> roots = new TreeMap<>();
    for (String file : files.names(ROOT)) {
      String name = file.substring(ROOT.length(), file.length() - PEM.length());
      roots.put(name, root(name));
    }
    return Collections.unmodifiableNavigableMap(roots);
  }

  private SigningKey root(String name) {
    return files
        .read(ROOT + name + PEM)
        .map(SigningKey::fromPem)
        .orElseThrow(() -> new IllegalArgumentException("root: no '%s'".formatted(name)));
  }

  // Interrupted before the name of the first root was written: there is but one.
  private String active(NavigableMap<String, SigningKey> roots) {
    return files.read(ACTIVE).map(String::strip).orElseGet(roots::firstKey);
  }

  private SigningKey intermediate(
      NavigableMap<String, SigningKey> roots, String active, Instant now) {
    SigningKey root =
        Optional.ofNullable(roots.get(active))
            .orElseThrow(() -> new IllegalStateException("active root: no '%s'".formatted(active)));
    return files
        .read(INTERMEDIATE)
        .map(SigningKey::fromPem)
        .filter(i -> !stale(i, now) && signedBy(i, root))
        .orElseGet(() -> newIntermediate(root, now));
  }

  private String newRoot(Instant now) {
    String name = "%04d".formatted(nextNumber());
    X500Principal subject = new X500Principal("CN=root %s, O=%s".formatted(name, trustDomain));
    SigningKey root = Mint.root(subject, uri(), life(now, settings.root()));
    files.write(ROOT + name + PEM, root.toPem());
    if (files.read(ACTIVE).isEmpty()) {
      files.write(ACTIVE, name);
    }
    return name;
  }

  private int nextNumber() {
    return roots().keySet().stream().mapToInt(Integer::parseInt).max().orElse(0) + 1;
  }

  private SigningKey newIntermediate(SigningKey root, Instant now) {
    X500Principal subject =
        new X500Principal("CN=intermediate %s, O=%s".formatted(now, trustDomain));
    Mint.Life life = life(now, settings.intermediate());
    Instant rootEnd = root.certificate().getNotAfter().toInstant();
    Instant end = life.to().isBefore(rootEnd) ? life.to() : rootEnd;
    SigningKey made = Mint.intermediate(root, subject, uri(), new Mint.Life(life.from(), end));
    files.write(INTERMEDIATE, made.toPem());
    return made;
  }

  private Mint.Life life(Instant now, Duration length) {
    return new Mint.Life(now.minus(settings.skew()), now.plus(length));
  }

  private String uri() {
    return "spiffe://" + trustDomain;
  }

  private static boolean signedBy(SigningKey intermediate, SigningKey root) {
    try {
      intermediate.certificate().verify(root.certificate().getPublicKey());
      return true;
    } catch (GeneralSecurityException other) {
      return false;
    }
  }
}
