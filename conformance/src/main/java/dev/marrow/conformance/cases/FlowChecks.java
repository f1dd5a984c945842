package dev.marrow.conformance.cases;

import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.backend.Backend;
import dev.marrow.conformance.backend.Behaviour;
import dev.marrow.conformance.run.Bench;
import dev.marrow.conformance.wire.ErrorCode;
import dev.marrow.conformance.wire.Frame;
import dev.marrow.conformance.wire.Frames;
import dev.marrow.conformance.wire.H2Link;
import dev.marrow.conformance.wire.LinkClosed;
import dev.marrow.conformance.wire.Tunnel;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/** Checks of HTTP/2 flow control (RFC 9113 §6.9). */
final class FlowChecks {
  private static final Duration QUIET = Duration.ofMillis(1_000);
  private static final long MOST_SENT = 96L << 20;

  private FlowChecks() {}

  static Verdict tinyWindow(Bench bench) throws IOException {
    H2Link h2 = bench.h2(Frames.INITIAL_WINDOW_SIZE, 1).stingy();
    Tunnel tunnel = bench.tunnel(h2, Behaviour.STREAM);
    int first = drain(h2, tunnel);
    if (first != 1) {
      return new Verdict.Fail("%d bytes came for a window of 1".formatted(first));
    }
    h2.send(Frames.windowUpdate(tunnel.stream(), 10));
    int second = drain(h2, tunnel);
    return second == 10
        ? new Verdict.Pass("exactly 1, then exactly 10 bytes")
        : new Verdict.Fail("%d bytes came for a credit of 10".formatted(second));
  }

  static Verdict shrinkingWindow(Bench bench) throws IOException {
    H2Link h2 = bench.h2(Frames.INITIAL_WINDOW_SIZE, 1000).stingy();
    Tunnel tunnel = bench.tunnel(h2, Behaviour.STREAM);
    int first = drain(h2, tunnel);
    h2.send(Frames.settings(Frames.INITIAL_WINDOW_SIZE, 500));
    h2.send(Frames.windowUpdate(tunnel.stream(), 400));
    int overrun = drain(h2, tunnel);
    if (first != 1000 || overrun != 0) {
      return new Verdict.Fail(
          "%d bytes for a window of 1000, then %d for one of -100".formatted(first, overrun));
    }
    h2.send(Frames.windowUpdate(tunnel.stream(), 200));
    int last = drain(h2, tunnel);
    return last == 100
        ? new Verdict.Pass("waits below zero, goes on above")
        : new Verdict.Fail("%d bytes for a window of 100".formatted(last));
  }

  private static int drain(H2Link h2, Tunnel tunnel) throws IOException {
    int total = 0;
    for (Optional<Frame> data = next(h2, tunnel); data.isPresent(); data = next(h2, tunnel)) {
      total += data.get().payload().length;
    }
    return total;
  }

  private static Optional<Frame> next(H2Link h2, Tunnel tunnel) throws IOException {
    return h2.await(f -> f.is(Frame.DATA) && f.stream() == tunnel.stream(), QUIET);
  }

  static Verdict beyondWindow(Bench bench) throws IOException {
    H2Link h2 = bench.h2();
    Tunnel tunnel = bench.tunnel(h2, Behaviour.STALL);
    long window = h2.settings().getOrDefault(Frames.INITIAL_WINDOW_SIZE, 65535L);
    byte[] chunk = new byte[16384];
    long sent = 0;
    try {
      // Deaf to WINDOW_UPDATE on purpose: far more than the target can have allowed while nobody
      // reads.
      while (sent < Math.min(MOST_SENT, window * 4 + (8L << 20))) {
        tunnel.send(chunk, false);
        sent += chunk.length;
      }
      return Reaction.await(h2, tunnel.stream(), bench.patience())
          .asStreamError(ErrorCode.FLOW_CONTROL_ERROR);
    } catch (LinkClosed e) {
      return Reaction.await(h2, tunnel.stream(), QUIET).asStreamError(ErrorCode.FLOW_CONTROL_ERROR);
    }
  }

  static boolean intact(byte[] received) {
    return Arrays.equals(received, Backend.pattern(Backend.STREAM_BYTES));
  }
}
