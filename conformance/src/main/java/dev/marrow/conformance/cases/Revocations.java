package dev.marrow.conformance.cases;

import dev.marrow.conformance.mint.PemFiles;
import dev.marrow.conformance.run.Bench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Puts revocation lists in force through the hook {@code crl}; on close there are none. */
final class Revocations implements AutoCloseable {
  private final Bench bench;
  private final Path file;

  private Revocations(Bench bench, Path file) {
    this.bench = bench;
    this.file = file;
  }

  static Revocations of(Bench bench) throws IOException {
    return bench.keep(new Revocations(bench, Files.createTempFile("conformance", ".crl")));
  }

  void apply(byte[]... lists) throws IOException, InterruptedException {
    StringBuilder pem = new StringBuilder();
    for (byte[] list : lists) {
      pem.append(PemFiles.pem("X509 CRL", list));
    }
    Files.writeString(file, pem);
    bench.hook("crl", Map.of("KIT_CRL", file.toString()));
  }

  @Override
  public void close() throws IOException, InterruptedException {
    apply();
    Files.delete(file);
  }
}
