package dev.marrow.mesh.xds;

import java.nio.file.Path;

/** How we prove to be us. */
public sealed interface BearerToken {
  /** Not at all. */
  record None() implements BearerToken {}

  /** A file, read again for each stream, since tokens rotate. */
  record TokenFile(Path path) implements BearerToken {}

  /** The token itself. */
  record Literal(String token) implements BearerToken {
    @Override
    public String toString() {
      return "Literal[***]";
    }
  }
}
