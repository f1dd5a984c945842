package dev.marrow.cli.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Keeps log files small: one beyond its limit is copied to {@code *.1} and emptied. The processes
 * append, so they go on at the new end. Confined to the supervisor's thread.
 */
final class LogFiles {
  private static final long MAX_BYTES = 16L << 20;
  private static final Duration PERIOD = Duration.ofSeconds(5);
  private static Instant next = Instant.MIN;

  private LogFiles() {}

  static void trim(Path directory, Instant now) throws IOException {
    if (now.isBefore(next)) return;
    next = now.plus(PERIOD);
    List<Path> files;
    try (var all = Files.list(directory)) {
      files = all.filter(file -> file.getFileName().toString().endsWith(".log")).toList();
    }
    for (Path file : files) {
      if (Files.size(file) > MAX_BYTES) turnOver(file);
    }
  }

  private static void turnOver(Path file) throws IOException {
    Files.copy(
        file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(0);
    }
  }
}
