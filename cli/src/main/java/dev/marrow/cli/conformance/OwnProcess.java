package dev.marrow.cli.conformance;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One program of ours, started for a conformance run. Thread-safe. */
final class OwnProcess implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration END = Duration.ofSeconds(20);

  private final List<String> command;
  private final Map<String, String> environment;
  private final Path log;
  private final InetSocketAddress ready;
  private Process process;

  private OwnProcess(
      List<String> command,
      Map<String, String> environment,
      Path log,
      InetSocketAddress ready,
      Process process) {
    this.command = command;
    this.environment = environment;
    this.log = log;
    this.ready = ready;
    this.process = process;
  }

  /** Returns when {@code ready} accepts connections. */
  static OwnProcess start(
      List<String> command, Map<String, String> environment, Path log, InetSocketAddress ready)
      throws IOException, InterruptedException {
    Process process = launch(command, environment, log);
    OwnProcess own = new OwnProcess(command, environment, log, ready, process);
    try {
      own.awaitListening();
      return own;
    } catch (IOException | InterruptedException e) {
      process.destroy();
      throw e;
    }
  }

  private static Process launch(List<String> command, Map<String, String> environment, Path log)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("MARROW_"));
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    return builder.start();
  }

  synchronized long pid() {
    return process.pid();
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  /** Ends it with SIGTERM, and starts it again once it has gone. */
  void restart() throws IOException, InterruptedException {
    synchronized (this) {
      stop();
      process = launch(command, environment, log);
    }
    awaitListening();
  }

  private void awaitListening() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START.toNanos();
    while (System.nanoTime() < deadline) {
      if (running().waitFor(100, TimeUnit.MILLISECONDS)) {
        throw new IOException("--self: the proxy ended at once: " + lastLine());
      }
      try (Socket probe = new Socket()) {
        probe.connect(ready, 500);
        return;
      } catch (IOException e) {
        continue; // not listening yet
      }
    }
    throw new IOException("--self: the proxy did not listen within " + START.toSeconds() + " s");
  }

  private synchronized Process running() {
    return process;
  }

  private String lastLine() throws IOException {
    // The last one that is no part of a stack trace.
    return Files.readAllLines(log).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("\t"))
        .reduce((before, line) -> line)
        .orElse("it wrote nothing");
  }

  private void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(END.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly();
    }
  }

  @Override
  public synchronized void close() {
    try {
      stop();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
