package dev.marrow.conformance.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A hook that is a command of {@code sh}. Thread-safe; time and output are bounded. */
record ShellHook(String command) implements Hook {
  private static final Duration MOST_TIME = Duration.ofSeconds(20);
  private static final int MOST_OUTPUT = 16 << 20;

  @Override
  public String run(Map<String, String> environment) throws IOException, InterruptedException {
    Path errors = Files.createTempFile("conformance-hook", ".err");
    try {
      ProcessBuilder builder = new ProcessBuilder("sh", "-c", command);
      builder.environment().putAll(environment);
      builder.redirectError(errors.toFile());
      Process process = builder.start();
      process.getOutputStream().close();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Thread reader = Thread.ofVirtual().start(() -> read(process.getInputStream(), out));
      if (!process.waitFor(MOST_TIME.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new IOException("hook '%s': no end after %s".formatted(command, MOST_TIME));
      }
      reader.join(1_000);
      if (process.exitValue() != 0) {
        throw new IOException(
            "hook '%s': exit %d: %s".formatted(command, process.exitValue(), lastLine(errors)));
      }
      synchronized (out) {
        return out.toString(StandardCharsets.UTF_8);
      }
    } finally {
      Files.deleteIfExists(errors);
    }
  }

  // A program that the command left in the background may hold the pipe open: what came until the
  // command ended counts.
  private static void read(InputStream in, ByteArrayOutputStream out) {
    byte[] buffer = new byte[64 * 1024];
    try {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        synchronized (out) {
          out.write(buffer, 0, Math.min(n, Math.max(0, MOST_OUTPUT - out.size())));
        }
      }
    } catch (IOException e) {
      // The command was ended.
    }
  }

  private static String lastLine(Path errors) throws IOException {
    return Files.readString(errors).lines().reduce("", (before, line) -> line);
  }
}
