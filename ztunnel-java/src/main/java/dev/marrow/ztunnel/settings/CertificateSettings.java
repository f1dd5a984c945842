package dev.marrow.ztunnel.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Where certificates come from and what is demanded of peers'. */
public record CertificateSettings(
    Issuer issuer,
    Duration life,
    int parallelFetches,
    Revocation revocation,
    boolean postQuantumOnly,
    boolean tls12) {

  /** Who signs. */
  public sealed interface Issuer {
    /** The certificate service. */
    record Service(ServerSettings server) implements Issuer {}

    /** A test authority, from files or the one built in. */
    record Fake(Optional<AuthorityFiles> files) implements Issuer {}
  }

  /** PEM files of the test authority. */
  public record AuthorityFiles(Path root, Path key) {}

  /** Revocation lists. */
  public record Revocation(Optional<Path> path, boolean failClosed) {}
}
