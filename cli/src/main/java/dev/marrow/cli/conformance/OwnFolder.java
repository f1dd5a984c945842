package dev.marrow.cli.conformance;

import dev.marrow.conformance.mint.PemFiles;
import dev.marrow.conformance.mint.Svid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;

/** A private folder for one run; gone when it is closed. */
record OwnFolder(Path path) implements AutoCloseable {
  static OwnFolder create() throws IOException {
    return new OwnFolder(
        Files.createTempDirectory(
            "marrow-conformance",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
  }

  Path file(String name) {
    return path.resolve(name);
  }

  /** At once: nobody reads half of it. */
  void write(String name, String text) throws IOException {
    Path next = Files.writeString(file(name + ".next"), text);
    Files.move(next, file(name), StandardCopyOption.ATOMIC_MOVE);
  }

  /** {@code name.pem} and {@code name.key}. */
  void write(String name, Svid svid) throws IOException {
    write(name + ".pem", PemFiles.chain(svid.chain()));
    write(name + ".key", PemFiles.pem("PRIVATE KEY", svid.key().getEncoded()));
  }

  @Override
  public void close() {
    try (Stream<Path> all = Files.walk(path)) {
      all.sorted(Comparator.reverseOrder()).forEach(each -> each.toFile().delete());
    } catch (IOException e) {
      System.err.println(path + ": not removed: " + e.getMessage());
    }
  }
}
