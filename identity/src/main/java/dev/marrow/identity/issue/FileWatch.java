package dev.marrow.identity.issue;

import dev.marrow.identity.FileState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Looks at small files now and then and tells when their content is another. A mounted secret
 * changes by a link two directories up, which file events do not show. Files are only read if they
 * may have changed. Confined to its timer's thread.
 */
final class FileWatch {
  private final Timer timer;
  private final Duration period;
  private final List<Path> files;
  private final List<FileState> states;
  private final Runnable changed;
  private byte[][] seen;
  private volatile boolean stopped;

  private FileWatch(Timer timer, Duration period, List<Path> files, Runnable changed) {
    this.timer = timer;
    this.period = period;
    this.files = files;
    this.states = files.stream().map(file -> new FileState(file, System::nanoTime)).toList();
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
    try {
      // Each is asked, because asking makes it remember what it saw.
      if (states.stream().filter(FileState::mayHaveChanged).count() > 0) {
        compare();
      }
    } finally {
      // Also if whoever was told made a mistake: the next change must not go unseen.
      timer.after(period, this::look);
    }
  }

  private void compare() {
    byte[][] now = read();
    if (!Arrays.deepEquals(seen, now)) {
      seen = now;
      changed.run();
    }
  }

  private byte[][] read() {
    byte[][] contents = new byte[files.size()][];
    for (int i = 0; i < contents.length; i++) {
      contents[i] = content(files.get(i), states.get(i));
    }
    return contents;
  }

  // In the middle of a replacement a file may be missing. Who reads it later says what is wrong.
  private static byte[] content(Path file, FileState state) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException missing) {
      state.forget();
      return new byte[0];
    }
  }
}
