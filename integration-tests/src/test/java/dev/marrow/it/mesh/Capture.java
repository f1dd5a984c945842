package dev.marrow.it.mesh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A packet capture on the link of a node, by tcpdump. */
final class Capture implements AutoCloseable {
  private final Process process;
  private final Path file;

  private Capture(Process process, Path file) {
    this.process = process;
    this.file = file;
  }

  static Capture on(String namespace) throws Exception {
    Path file = Files.createTempFile("marrow-it", ".pcap");
    Process process =
        new ProcessBuilder(
                "ip",
                "netns",
                "exec",
                namespace,
                "tcpdump",
                "-i",
                "any",
                "-U",
                "-s",
                "0",
                "-w",
                file.toString(),
                "tcp")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Await.until("tcpdump runs", Duration.ofSeconds(10), () -> Files.size(file) > 0);
    return new Capture(process, file);
  }

  /** Whether {@code text} was on the wire so far. */
  boolean saw(String text) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Files.deleteIfExists(file);
  }
}
