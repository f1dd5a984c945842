package dev.marrow.mesh.file;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until something happened in the folder of a file, or some time has passed. Where the kernel
 * has no watch left to give, only time passes. {@link #close} may be called by any thread.
 */
final class FolderEvents implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FolderEvents.class);

  // Writers seldom write in one go; and a folder in which much happens is not looked at for each.
  private static final Duration QUIET = Duration.ofMillis(50);

  private final Optional<WatchService> service;
  private final Duration longest;
  private final CountDownLatch closed = new CountDownLatch(1);

  private FolderEvents(Optional<WatchService> service, Duration longest) {
    this.service = service;
    this.longest = longest;
  }

  static FolderEvents around(Path file, Duration longest) {
    try {
      WatchService service = file.getFileSystem().newWatchService();
      watch(Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file), service);
      return new FolderEvents(Optional.of(service), longest);
    } catch (IOException none) {
      LOG.warn("{}: looked at every {} only: {}", file, longest, none.getMessage());
      return new FolderEvents(Optional.empty(), longest);
    }
  }

  /** Closes the service if the folder cannot be watched. */
  private static void watch(Path folder, WatchService service) throws IOException {
    try {
      folder.register(
          service,
          StandardWatchEventKinds.ENTRY_CREATE,
          StandardWatchEventKinds.ENTRY_MODIFY,
          StandardWatchEventKinds.ENTRY_DELETE);
    } catch (IOException none) {
      service.close();
      throw none;
    }
  }

  /** Waits; false once this is closed. */
  boolean await() throws InterruptedException {
    if (service.isEmpty()) {
      return !closed.await(longest.toNanos(), TimeUnit.NANOSECONDS);
    }
    try {
      WatchKey key = service.get().poll(longest.toNanos(), TimeUnit.NANOSECONDS);
      if (key == null) {
        return closed.getCount() > 0;
      }
      boolean goesOn = !closed.await(QUIET.toNanos(), TimeUnit.NANOSECONDS);
      key.pollEvents();
      key.reset();
      return goesOn;
    } catch (ClosedWatchServiceException end) {
      return false;
    }
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      if (service.isPresent()) {
        service.get().close();
      }
    } catch (IOException e) {
      LOG.debug("watch of a folder: {}", e.getMessage());
    }
  }
}
