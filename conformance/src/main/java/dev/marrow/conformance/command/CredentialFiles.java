package dev.marrow.conformance.command;

import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.mint.PemFiles;
import dev.marrow.conformance.mint.Svid;
import dev.marrow.conformance.run.Credentials;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Credentials from the files that a command line names. */
final class CredentialFiles {
  private CredentialFiles() {}

  static Credentials read(
      Optional<Path> svid, Optional<Path> key, Optional<Path> bundle, Optional<Path> authorityKey)
      throws IOException {
    if (svid.isPresent() != key.isPresent()) {
      throw new IOException("--svid and --key belong together");
    }
    if (authorityKey.isPresent() && bundle.isEmpty()) {
      throw new IOException("--ca-key needs --bundle: its first certificate is the authority's");
    }
    List<byte[]> roots = bundle.isPresent() ? PemFiles.certificates(bundle.get()) : List.of();
    Optional<Mint> mint =
        authorityKey.isPresent()
            ? Optional.of(Mint.of(roots, PemFiles.key(authorityKey.get())))
            : Optional.empty();
    Optional<Svid> own =
        svid.isPresent() && key.isPresent()
            ? Optional.of(new Svid(PemFiles.certificates(svid.get()), PemFiles.key(key.get())))
            : Optional.empty();
    return new Credentials(own, roots, mint);
  }
}
