package dev.marrow.resources;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Says which files of some directories may have changed. A directory that is not there yet is
 * watched as soon as it is. Confined to the watching thread.
 */
final class DirectoryWatch implements AutoCloseable {
  /**
   * @param files what to read again
   * @param all true where events may have been lost: everything has to be looked at
   */
  record Changes(Set<Path> files, boolean all) {}

  // Writers seldom write in one go: a file is read after it was quiet for a moment, but a writer
  // that never stops does not hold up the others.
  private static final Duration QUIET = Duration.ofMillis(10);
  private static final Duration AT_MOST = Duration.ofMillis(50);

  private final WatchService service;
  private final List<Path> directories;
  private final Map<Path, WatchKey> keys = new HashMap<>();

  DirectoryWatch(List<Path> directories) throws IOException {
    this.directories = directories;
    this.service = directories.getFirst().getFileSystem().newWatchService();
  }

  /** Watches what can be watched; returns true if a directory was added to those. */
  boolean register() throws IOException {
    boolean added = false;
    for (Path directory : directories) {
      WatchKey known = keys.get(directory);
      if ((known == null || !known.isValid()) && Files.isDirectory(directory)) {
        keys.put(
            directory,
            directory.register(
                service,
                StandardWatchEventKinds.ENTRY_CREATE,
                StandardWatchEventKinds.ENTRY_MODIFY,
                StandardWatchEventKinds.ENTRY_DELETE));
        added = true;
      }
    }
    return added;
  }

  /** Waits for changes and collects what comes with them; nothing after {@code longest}. */
  Changes await(Duration longest) throws InterruptedException, ClosedWatchServiceException {
    Set<Path> files = new HashSet<>();
    boolean all = false;
    WatchKey key = service.poll(longest.toMillis(), TimeUnit.MILLISECONDS);
    long end = System.nanoTime() + AT_MOST.toNanos();
    while (key != null) {
      all |= collect(key, files);
      long left = Math.min(QUIET.toNanos(), end - System.nanoTime());
      key = left <= 0 ? null : service.poll(left, TimeUnit.NANOSECONDS);
    }
    return new Changes(files, all);
  }

  private static boolean collect(WatchKey key, Set<Path> files) {
    boolean lost = false;
    Path directory = (Path) key.watchable();
    for (WatchEvent<?> event : key.pollEvents()) {
      @Nullable Object name = event.context();
      if (name instanceof Path file) {
        files.add(directory.resolve(file));
      } else {
        lost = true;
      }
    }
    return !key.reset() || lost;
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}
