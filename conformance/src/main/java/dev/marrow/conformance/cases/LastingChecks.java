package dev.marrow.conformance.cases;

import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.backend.Arrival;
import dev.marrow.conformance.backend.Behaviour;
import dev.marrow.conformance.run.Bench;
import dev.marrow.conformance.wire.ErrorCode;
import dev.marrow.conformance.wire.Frame;
import dev.marrow.conformance.wire.H2Link;
import dev.marrow.conformance.wire.Tunnel;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Checks of tunnels that outlast something: silence, their peer, the process. */
final class LastingChecks {
  private static final Duration SILENCE = Duration.ofSeconds(12);
  private static final Duration NOTICED = Duration.ofSeconds(35);
  private static final Duration GOODBYE = Duration.ofSeconds(8);
  private static final int BYTES = 1_000;

  private LastingChecks() {}

  static Verdict idle(Bench bench) throws IOException {
    H2Link h2 = bench.h2();
    Tunnel tunnel = bench.tunnel(h2, Behaviour.ECHO);
    if (!H2Checks.echoes(bench, tunnel)) {
      return new Verdict.Error("positive control failed");
    }
    // PING is answered meanwhile.
    h2.await(frame -> false, SILENCE);
    return H2Checks.echoes(bench, tunnel)
        ? new Verdict.Pass("usable after %d s".formatted(SILENCE.toSeconds()))
        : new Verdict.Fail("closed within %d s".formatted(SILENCE.toSeconds()));
  }

  static Verdict vanished(Bench bench) throws IOException, InterruptedException {
    H2Link h2 = bench.h2();
    Tunnel tunnel = bench.tunnel(h2, Behaviour.ECHO);
    if (!H2Checks.echoes(bench, tunnel)) {
      return new Verdict.Error("positive control failed");
    }
    Arrival arrival = bench.lastArrival(Behaviour.ECHO);
    String port = String.valueOf(h2.link().tcp().localPort());
    bench.hook("vanish", Map.of("KIT_PORT", port));
    try {
      boolean ended = TunnelChecks.waitFor(() -> arrival.end() != Arrival.End.OPEN, NOTICED);
      if (!ended) {
        return new Verdict.Fail("the application's connection is open 35 s later");
      }
      return arrival.end() == Arrival.End.RST
          ? new Verdict.Pass("reset for the application")
          : new Verdict.Conceptual("closed, but as if by a clean end");
    } finally {
      bench.hook("vanish", Map.of("KIT_PORT", ""));
    }
  }

  static Verdict counted(Bench bench) throws IOException, InterruptedException {
    long received = sum(bench, "istio_tcp_received_bytes_total");
    long sent = sum(bench, "istio_tcp_sent_bytes_total");
    Tunnel tunnel = bench.tunnel(bench.h2(), Behaviour.ECHO);
    tunnel.send(new byte[BYTES], true);
    if (tunnel.receive(BYTES, bench.patience()).length != BYTES) {
      return new Verdict.Error("positive control failed");
    }
    tunnel.end(bench.patience());
    long in = 0;
    long out = 0;
    long deadline = System.nanoTime() + bench.patience().toNanos();
    while ((in != BYTES || out != BYTES) && System.nanoTime() < deadline) {
      in = sum(bench, "istio_tcp_received_bytes_total") - received;
      out = sum(bench, "istio_tcp_sent_bytes_total") - sent;
    }
    return in == BYTES && out == BYTES
        ? new Verdict.Pass("both grow by 1000")
        : new Verdict.Fail("received grows by %d, sent by %d (expected: 1000)".formatted(in, out));
  }

  private static long sum(Bench bench, String metric) throws IOException, InterruptedException {
    return bench
        .hook("metrics", Map.of())
        .lines()
        .filter(line -> line.startsWith(metric + "{") || line.startsWith(metric + " "))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  static Verdict drain(Bench bench) throws IOException, InterruptedException {
    H2Link h2 = bench.h2();
    Tunnel tunnel = bench.tunnel(h2, Behaviour.ECHO);
    if (!H2Checks.echoes(bench, tunnel)) {
      return new Verdict.Error("positive control failed");
    }
    FutureTask<String> restart = new FutureTask<>(() -> bench.hook("restart", Map.of()));
    Thread.ofVirtual().start(restart);
    boolean goAway = h2.await(f -> f.is(Frame.GOAWAY), GOODBYE).isPresent();
    boolean works = H2Checks.echoes(bench, tunnel);
    tunnel.send(new byte[0], true);
    tunnel.end(bench.patience());
    h2.close();
    try {
      restart.get(40, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return new Verdict.Error("the hook 'restart' failed: " + e.getMessage());
    }
    boolean back = TunnelChecks.waitFor(() -> bench.attempt(bench.offer()).echoed(), GOODBYE);
    if (!goAway || !works || !back) {
      return new Verdict.Fail(
          "GOAWAY: %s; the tunnel works on: %s; served after the restart: %s"
              .formatted(goAway, works, back));
    }
    List<Frame> said = h2.seen().stream().filter(f -> f.is(Frame.GOAWAY)).toList();
    boolean first = said.getFirst().number(0) == Integer.MAX_VALUE;
    boolean clean = said.stream().allMatch(f -> f.error() == ErrorCode.NO_ERROR);
    return first && clean
        ? new Verdict.Pass("announced, and the open tunnel worked on")
        : new Verdict.Conceptual("the open tunnel worked on, but GOAWAY said: " + said);
  }
}
