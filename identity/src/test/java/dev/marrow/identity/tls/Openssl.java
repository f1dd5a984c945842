package dev.marrow.identity.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The openssl command as a peer that nobody of us wrote. */
final class Openssl implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final Process process;
  private final StringBuilder output = new StringBuilder();
  private final CountDownLatch ended = new CountDownLatch(1);

  private Openssl(Process process) {
    this.process = process;
    Thread.ofVirtual().start(this::readAll);
  }

  static Openssl run(String... arguments) {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    try {
      return new Openssl(new ProcessBuilder(command).redirectErrorStream(true).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the output has {@code text} or the process ends; returns all of the output. */
  String until(String text) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    synchronized (output) {
      while (output.indexOf(text) < 0 && ended.getCount() > 0 && System.nanoTime() < end) {
        try {
          output.wait(100);
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
      return output.toString();
    }
  }

  /** Waits for its end; returns all of the output. */
  String toEnd() {
    try {
      if (!ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("still running: " + output);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    synchronized (output) {
      return output.toString();
    }
  }

  private void readAll() {
    byte[] buffer = new byte[8192];
    try (InputStream in = process.getInputStream()) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        synchronized (output) {
          output.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
          output.notifyAll();
        }
      }
    } catch (IOException closed) {
      // Its end, too.
    } finally {
      ended.countDown();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
