package dev.marrow.identity.issue;

import java.nio.file.Path;

/** How we show the CSR service who we are. Files are read anew for each request. */
public sealed interface Credentials {
  /** A token in the {@code authorization} header. */
  record Bearer(FileOrText token) implements Credentials {}

  /** A client certificate in PEM files. */
  record ClientCertificate(Path chain, Path key) implements Credentials {}

  /** Nothing. */
  record Anonymous() implements Credentials {}
}
