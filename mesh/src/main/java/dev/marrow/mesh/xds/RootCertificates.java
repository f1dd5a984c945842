package dev.marrow.mesh.xds;

import java.nio.file.Path;

/** The roots a control plane's certificate must lead to. */
public sealed interface RootCertificates {
  /** A PEM file, read again for each connection. */
  record PemFile(Path path) implements RootCertificates {}

  /** PEM text. */
  record Pem(String text) implements RootCertificates {}

  /** Those of the operating system or the Java runtime. */
  record System() implements RootCertificates {}

  /** {@code SYSTEM}, PEM text, or else a path. */
  static RootCertificates parse(String text) {
    if (text.equals("SYSTEM")) {
      return new System();
    }
    return text.contains("-----BEGIN") ? new Pem(text) : new PemFile(Path.of(text));
  }
}
