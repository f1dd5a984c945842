package dev.marrow.controlplane;

import dev.marrow.controlplane.authority.Pem;
import dev.marrow.identity.authority.Authority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file from which clients learn whom to trust. Follows the authority, whose roots another
 * process may change. Thread-safe: a thread of its own writes.
 */
final class RootFile implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RootFile.class);
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final int RELOAD_EVERY = 120;

  private final Path file;
  private final Path directory;
  private final Authority authority;
  private final Thread thread = Thread.ofVirtual().name("root-file").unstarted(this::run);

  /**
   * @param directory of the authority, where a change shows first
   */
  RootFile(Path file, Path directory, Authority authority) {
    this.file = file.toAbsolutePath();
    this.directory = directory;
    this.authority = authority;
  }

  /** Writes the roots, then follows. */
  void start() throws IOException {
    write();
    thread.start();
  }

  private void run() {
    List<String> seen = List.of();
    for (int look = 1; ; look++) {
      try {
        Thread.sleep(LOOK);
        List<String> now = listing();
        if (now.equals(seen) && look % RELOAD_EVERY != 0) continue;
        seen = now;
        authority.reload();
        write();
      } catch (InterruptedException e) {
        return;
      } catch (IOException | RuntimeException e) {
        log.warn("roots not written to {}: {}", file, e.toString());
      }
    }
  }

  /** Names and times of the authority's files: cheaper than reading keys four times a second. */
  private List<String> listing() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.map(path -> path + " " + path.toFile().lastModified()).sorted().toList();
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
