package dev.marrow.identity.issue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Looks at small files now and then and tells when their content is another. By content, because a
 * mounted secret changes by a link two directories up, which file events do not show. Confined to
 * its timer's thread.
 */
final class FileWatch {
  private final Timer timer;
  private final Duration period;
  private final List<Path> files;
  private final Runnable changed;
  private byte[][] seen;
  private volatile boolean stopped;

  private FileWatch(Timer timer, Duration period, List<Path> files, Runnable changed) {
    this.timer = timer;
    this.period = period;
    this.files = files;
    this.changed = changed;
    this.seen = read();
  }

  static FileWatch start(Timer timer, Duration period, List<Path> files, Runnable changed) {
    FileWatch watch = new FileWatch(timer, period, files, changed);
    timer.after(period, watch::look);
    return watch;
  }

  void stop() {
    stopped = true;
  }

  private void look() {
    if (stopped) {
      return;
    }
    byte[][] now = read();
    if (!Arrays.deepEquals(seen, now)) {
      seen = now;
      changed.run();
    }
    timer.after(period, this::look);
  }

  private byte[][] read() {
    return files.stream().map(FileWatch::content).toArray(byte[][]::new);
  }

  // In the middle of a replacement a file may be missing. Who reads it later says what is wrong.
  private static byte[] content(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException missing) {
      return new byte[0];
    }
  }
}
