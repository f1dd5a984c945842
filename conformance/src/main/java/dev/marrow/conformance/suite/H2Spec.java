package dev.marrow.conformance.suite;

import dev.marrow.conformance.Profile;
import dev.marrow.conformance.backend.Backend;
import dev.marrow.conformance.backend.Behaviour;
import dev.marrow.conformance.run.Target;
import dev.marrow.conformance.wire.H2Link;
import dev.marrow.conformance.wire.Link;
import dev.marrow.conformance.wire.TcpLink;
import dev.marrow.conformance.wire.TlsLink;
import dev.marrow.conformance.wire.TlsOffer;
import dev.marrow.conformance.wire.Transcript;
import dev.marrow.conformance.wire.Tunnel;
import dev.marrow.conformance.wire.TunnelLink;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * h2spec, the HTTP/2 suite, against a target: the HTTP inside a waypoint's tunnel, or the tunnel
 * port's own HTTP/2 for other profiles. Used by one thread.
 */
public final class H2Spec {
  private static final Duration MOST_TIME = Duration.ofMinutes(4);
  private static final String PER_CASE_SECONDS = "3";

  private final Target target;
  private final TlsOffer offer;
  private final Backend backend;

  public H2Spec(Target target, TlsOffer offer, Backend backend) {
    this.target = target;
    this.offer = offer;
    this.backend = backend;
  }

  /**
   * What the program said.
   *
   * @param summary its last line, as it printed it
   */
  public record Outcome(List<String> lines, String summary, boolean passed) {}

  /** Runs all of it. */
  public Outcome run() throws IOException, InterruptedException {
    H2SpecProgram program = H2SpecProgram.find();
    try (program;
        Shim shim = Shim.start(this::open)) {
      Process process =
          new ProcessBuilder(
                  program.path().toString(),
                  "-h",
                  "127.0.0.1",
                  "-p",
                  String.valueOf(shim.port()),
                  "-o",
                  PER_CASE_SECONDS)
              .redirectErrorStream(true)
              .start();
      List<String> lines = new ArrayList<>();
      Thread reader = Thread.ofPlatform().daemon().start(() -> read(process, lines));
      if (!process.waitFor(MOST_TIME.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new IOException("h2spec: no end after " + MOST_TIME);
      }
      reader.join(1_000);
      return outcome(List.copyOf(lines), process.exitValue() == 0);
    }
  }

  private static void read(Process process, List<String> lines) {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      reader.lines().forEach(lines::add);
    } catch (IOException e) {
      lines.add("h2spec: " + e.getMessage());
    }
  }

  private static Outcome outcome(List<String> lines, boolean passed) throws IOException {
    Optional<String> summary =
        lines.reversed().stream().filter(line -> line.matches("\\d+ tests, .*")).findFirst();
    return new Outcome(
        lines,
        summary.orElseThrow(
            () -> new IOException("h2spec: " + (lines.isEmpty() ? "silent" : lines.getLast()))),
        passed);
  }

  private Link open() throws IOException {
    Transcript transcript = new Transcript();
    TcpLink tcp = TcpLink.connect(target.address(), target.patience(), transcript);
    TlsLink tls = TlsLink.open(tcp, offer, target.patience(), transcript);
    if (target.profile() != Profile.WAYPOINT) {
      return tls;
    }
    H2Link h2 = new H2Link(tls, transcript).begin(target.patience());
    String authority = target.applicationHost() + ":" + backend.port(Behaviour.HTTP);
    Tunnel tunnel = Tunnel.connect(h2, authority);
    Optional<Integer> status = tunnel.status(target.patience());
    if (!status.equals(Optional.of(200))) {
      tls.close();
      throw new IOException("CONNECT %s: %s".formatted(authority, status));
    }
    return new TunnelLink(h2, tunnel);
  }
}
