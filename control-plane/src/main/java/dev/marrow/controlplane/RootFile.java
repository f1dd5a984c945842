package dev.marrow.controlplane;

import dev.marrow.controlplane.authority.Pem;
import dev.marrow.identity.authority.Authority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file from which clients learn whom to trust. Follows the authority, whose roots another
 * process may change. Thread-safe: a thread of its own writes.
 */
final class RootFile implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RootFile.class);
  private static final Duration EVERY = Duration.ofSeconds(30);

  private final Path file;
  private final Authority authority;
  private final Thread thread = Thread.ofVirtual().name("root-file").unstarted(this::run);

  RootFile(Path file, Authority authority) {
    this.file = file.toAbsolutePath();
    this.authority = authority;
  }

  /** Writes the roots, then follows. */
  void start() throws IOException {
    write();
    thread.start();
  }

  private void run() {
    while (true) {
      try {
        Thread.sleep(EVERY);
        authority.reload();
        write();
      } catch (InterruptedException e) {
        return;
      } catch (IOException | RuntimeException e) {
        log.warn("roots not written to {}: {}", file, e.toString());
      }
    }
  }

  private void write() throws IOException {
    String text = Pem.certificates(authority.roots());
    if (Files.exists(file) && Files.readString(file).equals(text)) {
      return;
    }
    Path hidden = file.resolveSibling("." + file.getFileName() + ".new");
    Files.writeString(hidden, text);
    Files.move(hidden, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    log.info("roots written to {}", file);
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
