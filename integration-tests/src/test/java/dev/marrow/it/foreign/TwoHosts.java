package dev.marrow.it.foreign;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.marrow.linux.Netns;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Two network namespaces with a cable between them and no way out: a client lives in {@link #NEAR},
 * a server in {@link #FAR}. Closing ends every process that was started here. Confined to one
 * thread.
 */
final class TwoHosts implements AutoCloseable {
  static final Host NEAR = new Host("mit-near", "198.18.254.1");
  static final Host FAR = new Host("mit-far", "198.18.254.2");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** One end of the cable. */
  record Host(String namespace, String address) {}

  /** What a command said, and how it ended. */
  record Output(int status, String text) {}

  private final Path folder;
  private final List<Process> started = new ArrayList<>();

  private TwoHosts(Path folder) {
    this.folder = folder;
  }

  /** Makes both; files go to {@code folder}. Skips the test where that is not allowed. */
  static TwoHosts open(Path folder) throws Exception {
    assumeTrue(new ProcessBuilder("unshare", "--net", "true").start().waitFor() == 0, "not root");
    delete();
    TwoHosts hosts = new TwoHosts(folder);
    hosts.sh("ip netns add %s && ip netns add %s".formatted(NEAR.namespace(), FAR.namespace()));
    hosts.sh(
        "ip link add cable netns %s type veth peer name cable netns %s"
            .formatted(NEAR.namespace(), FAR.namespace()));
    for (Host host : List.of(NEAR, FAR)) {
      hosts.sh("ip -n %s link set lo up".formatted(host.namespace()));
      hosts.sh("ip -n %s addr add %s/24 dev cable".formatted(host.namespace(), host.address()));
      hosts.sh("ip -n %s link set cable up".formatted(host.namespace()));
    }
    return hosts;
  }

  private void sh(String command) throws IOException {
    Output out = end(new ProcessBuilder("sh", "-c", command));
    if (out.status() != 0) {
      throw new IOException(command + ": " + out.text());
    }
  }

  Netns netns(Host host) throws IOException {
    return Netns.open(Path.of("/run/netns", host.namespace()));
  }

  /** Runs a command to its end. */
  Output run(Host host, String... command) throws IOException {
    return end(in(host, command));
  }

  /** Starts a program that stays; what it writes goes to {@code NAME.log}. */
  Process start(Host host, String name, Map<String, String> environment, String... command)
      throws IOException {
    ProcessBuilder builder = in(host, command);
    builder.environment().putAll(environment);
    Process process = builder.redirectOutput(folder.resolve(name + ".log").toFile()).start();
    started.add(process);
    return process;
  }

  /** Waits until somebody listens; fails early when {@code server} has ended. */
  void awaitListening(Host host, int port, Process server) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!run(host, "ss", "-Hltn", "sport", "=", ":" + port).text().contains(":" + port)) {
      if (!server.isAlive() || System.nanoTime() > end) {
        throw new IOException("nobody listens on port " + port + " of " + host.namespace());
      }
      LockSupport.parkNanos(50_000_000);
    }
  }

  /** Waits until a program has written {@code text}; returns its line. */
  String awaitLine(String name, String text) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      String all = Files.readString(folder.resolve(name + ".log"), StandardCharsets.ISO_8859_1);
      var line = all.lines().filter(each -> each.contains(text)).findFirst();
      if (line.isPresent()) {
        return line.get();
      }
      if (System.nanoTime() > end) {
        throw new AssertionError("no line with '" + text + "' in:\n" + all);
      }
      LockSupport.parkNanos(50_000_000);
    }
  }

  private ProcessBuilder in(Host host, String... command) {
    List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", host.namespace()));
    words.addAll(List.of(command));
    return new ProcessBuilder(words)
        .redirectErrorStream(true)
        .redirectInput(Path.of("/dev/null").toFile());
  }

  private static Output end(ProcessBuilder builder) throws IOException {
    Process process = builder.redirectErrorStream(true).start();
    try {
      String text =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      return new Output(process.waitFor(), text);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static void delete() throws Exception {
    for (Host host : List.of(NEAR, FAR)) {
      new ProcessBuilder("ip", "netns", "del", host.namespace())
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    }
  }

  @Override
  public void close() throws Exception {
    for (Process process : started.reversed()) {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }
    for (Process process : started) {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
    delete();
  }
}
