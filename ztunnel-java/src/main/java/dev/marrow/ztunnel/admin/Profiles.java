package dev.marrow.ztunnel.admin;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * What the JVM tells about itself, in place of pprof: a flight recording and a heap dump. Written
 * to {@code java.io.tmpdir}, the one place that is writable in a read-only container. May wait.
 */
final class Profiles {
  private static final int MOST_SECONDS = 300;

  private final Semaphore one = new Semaphore(1);

  /** Records for {@code seconds} (default 10) and returns the recording. */
  Page cpu(Map<String, String> parameters) {
    int seconds;
    try {
      seconds = Integer.parseInt(parameters.getOrDefault("seconds", "10"));
    } catch (NumberFormatException e) {
      seconds = -1;
    }
    if (seconds < 1 || seconds > MOST_SECONDS) {
      return Page.text(400, "seconds: (expected: 1-%d)\n".formatted(MOST_SECONDS));
    }
    if (!one.tryAcquire()) {
      return Page.text(500, "a profile is being taken\n");
    }
    try {
      return record(Duration.ofSeconds(seconds));
    } catch (IOException | java.text.ParseException e) {
      return Page.text(500, "profile: " + e.getMessage() + "\n");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Page.text(500, "interrupted\n");
    } finally {
      one.release();
    }
  }

  private static Page record(Duration time)
      throws IOException, InterruptedException, java.text.ParseException {
    Path file = Files.createTempFile("profile", ".jfr");
    try (var recording = new jdk.jfr.Recording(jdk.jfr.Configuration.getConfiguration("profile"))) {
      recording.start();
      Thread.sleep(time);
      recording.stop();
      recording.dump(file);
      return new Page(200, "application/octet-stream", Files.readAllBytes(file));
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** A dump of the live heap (hprof). */
  Page heap() {
    if (!one.tryAcquire()) {
      return Page.text(500, "a profile is being taken\n");
    }
    try {
      Path directory = Files.createTempDirectory("heap");
      Path file = directory.resolve("heap.hprof");
      try {
        ManagementFactory.getPlatformMXBean(com.sun.management.HotSpotDiagnosticMXBean.class)
            .dumpHeap(file.toString(), true);
        return new Page(200, "application/octet-stream", Files.readAllBytes(file));
      } finally {
        Files.deleteIfExists(file);
        Files.deleteIfExists(directory);
      }
    } catch (IOException e) {
      return Page.text(500, "heap: " + e.getMessage() + "\n");
    } finally {
      one.release();
    }
  }
}
