package dev.marrow.ztunnel.admin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that exists from when this process is ready until it drains. While one process takes over
 * from another they share the readiness port, and an answer there may be either's; the file is one
 * process's own. Thread-safe: a virtual thread watches.
 */
public final class ReadyFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReadyFile.class);
  private static final long LOOK_MILLIS = 20;

  private final Path file;
  private final Readiness readiness;
  private final Thread thread = Thread.ofVirtual().name("ready-file").unstarted(this::watch);

  private ReadyFile(Path file, Readiness readiness) {
    this.file = file;
    this.readiness = readiness;
  }

  /** Makes {@code file} as soon as nothing is pending. */
  public static ReadyFile follow(Path file, Readiness readiness) {
    var ready = new ReadyFile(file, readiness);
    ready.thread.start();
    return ready;
  }

  private void watch() {
    try {
      while (!readiness.pending().isEmpty()) {
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      }
      Files.writeString(file, ProcessHandle.current().pid() + "\n");
    } catch (InterruptedException closed) {
      return; // never became ready
    } catch (IOException e) {
      LOG.warn("ready file {}: {}", file, e.toString());
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("ready file {}: {}", file, e.toString());
    }
  }
}
