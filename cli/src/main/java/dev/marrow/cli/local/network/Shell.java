package dev.marrow.cli.local.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Runs short commands and waits for them. Thread-safe. */
public final class Shell {
  private Shell() {}

  /** How a command ended. */
  public record Result(int status, String output) {}

  /** Runs a script of {@code sh}; failure is an exception with what it printed. */
  public static void run(String script) throws IOException {
    check(List.of("sh"), script);
  }

  /** Puts a rule set in place, whole or not at all, in one network namespace. */
  public static void rules(String namespace, String rules) throws IOException {
    check(List.of("nsenter", "--net=" + Names.path(namespace), "nft", "-f", "-"), rules);
  }

  private static void check(List<String> command, String input) throws IOException {
    Result result = execute(command, input);
    if (result.status() != 0) {
      throw new IOException(
          "%s ended with %d: %s"
              .formatted(command.getLast(), result.status(), result.output().strip()));
    }
  }

  public static Result execute(List<String> command, String input) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    CompletableFuture<String> output = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> read(process.getInputStream(), output));
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It ended without reading everything; its status and output say why.
    }
    try {
      return new Result(process.waitFor(), output.get());
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while running " + command.getFirst(), e);
    } catch (ExecutionException e) {
      throw new IOException(command.getFirst() + ": " + e.getCause(), e);
    }
  }

  private static void read(InputStream in, CompletableFuture<String> output) {
    try (in) {
      output.complete(new String(in.readNBytes(1 << 20), StandardCharsets.UTF_8));
    } catch (IOException e) {
      output.completeExceptionally(e);
    }
  }
}
