package dev.marrow.conformance.command;

import dev.marrow.conformance.mint.KeyMatch;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.mint.PemFiles;
import dev.marrow.conformance.mint.Svid;
import dev.marrow.conformance.run.Credentials;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The files with credentials that a command line names. Set by picocli, read once. */
@SuppressWarnings("NullAway.Init")
final class CredentialOptions {
  @Option(
      names = "--svid",
      paramLabel = "PEM",
      description = "A certificate chain that the endpoint accepts, leaf first.")
  Optional<Path> svid;

  @Option(names = "--key", paramLabel = "PEM", description = "The key of --svid.")
  Optional<Path> key;

  @Option(
      names = "--bundle",
      paramLabel = "PEM",
      description = "The roots that vouch for the endpoint.")
  Optional<Path> bundle;

  @Option(
      names = "--ca-key",
      paramLabel = "PEM",
      description =
          "The key of the first certificate in --bundle: a TEST authority that the endpoint trusts. The kit then mints what it needs.")
  Optional<Path> authorityKey;

  /** Reads the files; an error names the option or the file, and what was expected. */
  Credentials read() throws IOException {
    if (svid.isPresent() != key.isPresent()) {
      throw new IOException(
          "%s: given without %s (expected: both, or neither)"
              .formatted(
                  svid.isPresent() ? "--svid" : "--key", svid.isPresent() ? "--key" : "--svid"));
    }
    if (authorityKey.isPresent() && bundle.isEmpty()) {
      throw new IOException(
          "--ca-key: given without --bundle (expected: --bundle, whose first certificate is the authority's)");
    }
    List<byte[]> roots = bundle.isPresent() ? PemFiles.certificates(bundle.get()) : List.of();
    Optional<Mint> mint =
        authorityKey.isPresent() ? Optional.of(mint(roots, authorityKey.get())) : Optional.empty();
    Optional<Svid> own =
        svid.isPresent() && key.isPresent()
            ? Optional.of(own(svid.get(), key.get()))
            : Optional.empty();
    return new Credentials(own, roots, mint);
  }

  private static Mint mint(List<byte[]> roots, Path file) throws IOException {
    try {
      return Mint.of(roots, PemFiles.key(file));
    } catch (IllegalArgumentException e) {
      throw new IOException("--ca-key: %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static Svid own(Path svid, Path key) throws IOException {
    Svid own = new Svid(PemFiles.certificates(svid), PemFiles.key(key));
    if (!KeyMatch.belongs(own.chain().getFirst(), own.key())) {
      throw new IOException(
          "--key is not the key of --svid: %s (expected: that of the first certificate in %s)"
              .formatted(key, svid));
    }
    return own;
  }
}
