package dev.marrow.it.mesh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs commands and keeps what they said. */
final class Shell {
  /** What a command said and how it ended. */
  record Output(int status, String text) {}

  private Shell() {}

  static Output run(Map<String, String> environment, Duration patience, List<String> command)
      throws IOException {
    Path out = Files.createTempFile("marrow-it", ".out");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .redirectInput(new java.io.File("/dev/null"));
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new IOException(
            "%s: no end after %d s; so far: %s"
                .formatted(command, patience.toSeconds(), Files.readString(out)));
      }
      return new Output(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      Files.deleteIfExists(out);
    }
  }
}
