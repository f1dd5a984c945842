package dev.marrow.conformance.cases;

import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.backend.Arrival;
import dev.marrow.conformance.backend.Backend;
import dev.marrow.conformance.backend.Behaviour;
import dev.marrow.conformance.run.Bench;
import dev.marrow.conformance.wire.ErrorCode;
import dev.marrow.conformance.wire.Frame;
import dev.marrow.conformance.wire.Frames;
import dev.marrow.conformance.wire.H2Link;
import dev.marrow.conformance.wire.Tunnel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Checks of group I. */
final class TunnelChecks {
  private static final int CHUNK = 16 * 1024;
  private static final int BURST = 64 * 1024;
  private static final Duration SECOND = Duration.ofSeconds(1);

  private TunnelChecks() {}

  static Verdict sizes(Bench bench) throws IOException {
    for (int size : new int[] {0, 1, 16383, 16384, 16385, 1 << 20}) {
      Tunnel tunnel = bench.tunnel(bench.h2(), Behaviour.ECHO);
      byte[] sent = Backend.pattern(size);
      byte[] back = echo(bench, tunnel, sent);
      if (!Arrays.equals(sent, back)) {
        return new Verdict.Fail(
            "%d bytes sent, %d came back%s"
                .formatted(size, back.length, back.length == size ? ", changed" : ""));
      }
    }
    return new Verdict.Pass("all sizes intact");
  }

  // Sends in steps well inside the smallest window and reads each back, so that neither side has to
  // wait for credit.
  private static byte[] echo(Bench bench, Tunnel tunnel, byte[] bytes) throws IOException {
    byte[] back = new byte[0];
    for (int at = 0; at < bytes.length; at += CHUNK) {
      byte[] part = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + CHUNK));
      tunnel.send(part, false);
      back = Frames.concat(back, tunnel.receive(part.length, bench.patience()));
    }
    tunnel.send(new byte[0], true);
    return back;
  }

  static Verdict clientHalfClose(Bench bench) throws IOException {
    Tunnel tunnel = bench.tunnel(bench.h2(), Behaviour.STREAM);
    Arrival arrival = bench.lastArrival(Behaviour.STREAM);
    tunnel.send(new byte[] {1}, true);
    byte[] all = tunnel.receive(Integer.MAX_VALUE, Duration.ofSeconds(10));
    boolean fin = waitFor(() -> arrival.end() == Arrival.End.FIN, SECOND);
    if (!fin) {
      return new Verdict.Fail("the application saw %s instead of FIN".formatted(arrival.end()));
    }
    return FlowChecks.intact(all)
        ? new Verdict.Pass("FIN for the application, all its bytes for the client")
        : new Verdict.Fail("%d of %d bytes".formatted(all.length, Backend.STREAM_BYTES));
  }

  static Verdict applicationHalfClose(Bench bench) throws IOException {
    Tunnel tunnel = bench.tunnel(bench.h2(), Behaviour.FIN_FIRST);
    Arrival arrival = bench.lastArrival(Behaviour.FIN_FIRST);
    Optional<Frame> end = tunnel.end(bench.patience());
    if (end.isEmpty() || !end.get().is(Frame.DATA)) {
      return new Verdict.Fail(
          "FIN of the application came as " + end.map(Frame::toString).orElse("nothing"));
    }
    tunnel.send(new byte[1000], false);
    tunnel.send(new byte[1000], true);
    boolean all = waitFor(() -> arrival.bytes() == 2000, bench.patience());
    return all
        ? new Verdict.Pass("END_STREAM, and 2000 bytes after it arrived")
        : new Verdict.Fail("%d of 2000 bytes arrived after the FIN".formatted(arrival.bytes()));
  }

  static Verdict applicationReset(Bench bench) throws IOException {
    Tunnel tunnel = bench.tunnel(bench.h2(), Behaviour.RESET);
    tunnel.send(new byte[] {1}, false);
    Optional<Frame> end = tunnel.end(bench.patience());
    if (end.isEmpty()) {
      return new Verdict.Fail("nothing came");
    }
    if (!end.get().is(Frame.RST_STREAM)) {
      return new Verdict.Fail("the reset came as a clean END_STREAM");
    }
    return end.get().error() == ErrorCode.CONNECT_ERROR
        ? new Verdict.Pass("RST_STREAM CONNECT_ERROR")
        : new Verdict.Conceptual("RST_STREAM " + end.get().error());
  }

  static Verdict clientReset(Bench bench) throws IOException {
    Tunnel tunnel = bench.tunnel(bench.h2(), Behaviour.ECHO);
    // First: who looks at the first bytes before dialling has not dialled yet.
    H2Checks.echoes(bench, tunnel);
    Arrival arrival = bench.lastArrival(Behaviour.ECHO);
    tunnel.reset(ErrorCode.CANCEL);
    waitFor(() -> arrival.end() != Arrival.End.OPEN, bench.patience());
    return arrival.end() == Arrival.End.RST
        ? new Verdict.Pass("RST for the application")
        : new Verdict.Fail("the application saw " + arrival.end());
  }

  static Verdict lostConnection(Bench bench) throws IOException {
    H2Link h2 = bench.h2();
    int before = bench.backend().count();
    for (int i = 0; i < 10; i++) {
      H2Checks.echoes(bench, bench.tunnel(h2, Behaviour.ECHO));
    }
    bench.backend().settle(Behaviour.ECHO);
    List<Arrival> arrivals =
        new ArrayList<>(bench.backend().arrivals().subList(before, before + 10));
    h2.link().tcp().reset();
    boolean ended =
        waitFor(() -> arrivals.stream().noneMatch(a -> a.end() == Arrival.End.OPEN), SECOND);
    long clean = arrivals.stream().filter(a -> a.end() == Arrival.End.FIN).count();
    if (!ended) {
      return new Verdict.Fail("application connections still open after a second");
    }
    return clean == 0
        ? new Verdict.Pass("all ten reset")
        : new Verdict.Fail("%d of 10 saw a clean FIN".formatted(clean));
  }

  static Verdict burstAndClose(Bench bench) throws IOException {
    H2Link h2 = bench.h2();
    byte[] expected = Backend.pattern(BURST);
    for (int i = 0; i < 50; i++) {
      Tunnel tunnel = bench.tunnel(h2, Behaviour.BURST_AND_CLOSE);
      byte[] all = tunnel.receive(Integer.MAX_VALUE, bench.patience());
      if (!Arrays.equals(all, expected)) {
        return new Verdict.Fail("round %d: %d of %d bytes".formatted(i + 1, all.length, BURST));
      }
      tunnel.send(new byte[0], true);
    }
    return new Verdict.Pass("50 times every byte");
  }

  static Verdict serverFirst(Bench bench) throws IOException {
    Tunnel tunnel = bench.tunnel(bench.h2(), Behaviour.SERVER_FIRST);
    long start = System.nanoTime();
    String banner =
        new String(
            tunnel.receive(Backend.BANNER.length(), bench.patience()), StandardCharsets.US_ASCII);
    long millis = (System.nanoTime() - start) / 1_000_000;
    if (!banner.equals(Backend.BANNER)) {
      return new Verdict.Fail("no banner");
    }
    // What was measured stands with the evidence: reports of two runs can be compared.
    bench.transcript().add("banner after %d ms", millis);
    return millis <= 100
        ? new Verdict.Pass("the banner came at once")
        : new Verdict.Conceptual("the banner came, but only after 100 ms");
  }

  static Verdict stalledNeighbour(Bench bench) throws IOException {
    H2Link h2 = bench.h2().stingy();
    h2.send(Frames.windowUpdate(0, 1 << 20));
    bench.tunnel(h2, Behaviour.STREAM); // fills its stream window of 65,535 bytes and stops
    Tunnel working = bench.tunnel(h2, Behaviour.ECHO);
    for (int i = 0; i < 10; i++) {
      if (!H2Checks.echoes(bench, working)) {
        return new Verdict.Fail("the neighbour stopped in round " + (i + 1));
      }
    }
    return new Verdict.Pass("the neighbour goes on");
  }

  static Verdict stalledApplication(Bench bench) throws IOException {
    H2Link h2 = bench.h2();
    Tunnel tunnel = bench.tunnel(h2, Behaviour.STALL);
    long window = h2.settings().getOrDefault(Frames.INITIAL_WINDOW_SIZE, 65535L);
    long allowed = window;
    long sent = 0;
    byte[] chunk = new byte[CHUNK];
    long most = window + (32L << 20);
    while (sent + CHUNK <= allowed && sent < most) {
      tunnel.send(chunk, false);
      sent += CHUNK;
      allowed += credit(h2, tunnel);
    }
    if (sent >= most) {
      return new Verdict.Fail(
          "took %d MiB for an application that reads nothing".formatted(sent >> 20));
    }
    bench.transcript().add("pushed back after %d KiB", sent >> 10);
    return H2Checks.echoes(bench, bench.tunnel(bench.h2(), Behaviour.ECHO))
        ? new Verdict.Pass("pushed back")
        : new Verdict.Fail("the target no longer serves others");
  }

  private static long credit(H2Link h2, Tunnel tunnel) throws IOException {
    long credit = 0;
    Duration wait = Duration.ofMillis(1);
    for (Optional<Frame> f = update(h2, tunnel, wait);
        f.isPresent();
        f = update(h2, tunnel, wait)) {
      credit += f.get().number(0);
    }
    return credit;
  }

  private static Optional<Frame> update(H2Link h2, Tunnel tunnel, Duration wait)
      throws IOException {
    return h2.await(f -> f.is(Frame.WINDOW_UPDATE) && f.stream() == tunnel.stream(), wait);
  }

  static Verdict emptyAndPadded(Bench bench) throws IOException {
    H2Link h2 = bench.h2();
    Tunnel tunnel = bench.tunnel(h2, Behaviour.ECHO);
    tunnel.send(new byte[0], false);
    tunnel.send("a".getBytes(StandardCharsets.US_ASCII), false);
    h2.send(Frames.frame(Frame.DATA, Frame.PADDED, tunnel.stream(), new byte[] {3, 'b', 0, 0, 0}));
    tunnel.send(new byte[0], false);
    tunnel.send("c".getBytes(StandardCharsets.US_ASCII), false);
    String back = new String(tunnel.receive(3, bench.patience()), StandardCharsets.US_ASCII);
    return back.equals("abc")
        ? new Verdict.Pass("abc")
        : new Verdict.Fail("the application got '%s' instead of 'abc'".formatted(back));
  }

  static Verdict manyShort(Bench bench) throws IOException {
    H2Link h2 = bench.h2();
    int before = bench.backend().count();
    for (int i = 0; i < 500; i++) {
      Tunnel tunnel = bench.tunnel(h2, Behaviour.ECHO);
      tunnel.send(new byte[] {'x'}, true);
      if (tunnel.receive(1, bench.patience()).length != 1) {
        return new Verdict.Fail("tunnel %d: nothing came back".formatted(i + 1));
      }
      tunnel.end(bench.patience());
    }
    bench.backend().settle(Behaviour.ECHO);
    List<Arrival> arrivals = bench.backend().arrivals().subList(before, before + 500);
    boolean ended =
        waitFor(() -> arrivals.stream().noneMatch(a -> a.end() == Arrival.End.OPEN), SECOND);
    return ended
        ? new Verdict.Pass("500 tunnels, 500 ends")
        : new Verdict.Fail("application connections were left open");
  }

  static boolean waitFor(BooleanSupplier condition, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
    }
    return true;
  }
}
