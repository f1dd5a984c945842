package dev.marrow.conformance.cases;

import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.backend.Behaviour;
import dev.marrow.conformance.run.Bench;
import dev.marrow.conformance.wire.Field;
import dev.marrow.conformance.wire.Frames;
import dev.marrow.conformance.wire.H2Link;
import dev.marrow.conformance.wire.LinkClosed;
import dev.marrow.conformance.wire.Tunnel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/** Attacks of group G on what a target keeps: answers, buffers, series, log lines. */
final class MoreFloodChecks {
  private static final int FRAMES = 100_000;
  private static final int STREAMS = 50;
  private static final int PIPELINED = 1_500;
  private static final int MOST_DATA = 16_384;
  private static final int NAMES = 1_500;
  private static final int MOST_SERIES = 1_000;
  private static final String ESCAPE = "\u001b[31m";

  private MoreFloodChecks() {}

  static Verdict queuedResets(Bench bench) throws IOException {
    return Flood.judge(
        bench,
        false,
        h2 -> {
          int stream = h2.newStream();
          h2.send(Frames.frame(0x1, 0x5, stream, new byte[] {(byte) 0x82}), "a malformed HEADERS");
          byte[] one = Frames.data(stream, false, new byte[1]);
          byte[] many = new byte[one.length * 1_000];
          for (int i = 0; i < 1_000; i++) {
            System.arraycopy(one, 0, many, i * one.length, one.length);
          }
          for (int i = 0; i < FRAMES / 1_000; i++) {
            h2.send(many, "1000 DATA on a closed stream");
          }
        });
  }

  static Verdict unreadAnswers(Bench bench) throws IOException {
    return Flood.judge(
        bench,
        false,
        h2 -> {
          for (int i = 0; i < STREAMS; i++) {
            Tunnel.connect(h2, bench.authority(Behaviour.STREAM));
          }
        });
  }

  /** DOS-19: within the window, so that nothing but its answers can stop the target. */
  static Verdict pipelined(Bench bench) throws IOException {
    byte[] requests =
        "GET /kit HTTP/1.1\r\nhost: kit.example\r\n\r\n"
            .repeat(PIPELINED)
            .getBytes(StandardCharsets.US_ASCII);
    return Flood.judge(
        bench,
        false,
        h2 -> {
          for (int i = 0; i < STREAMS; i++) {
            Tunnel tunnel = Tunnel.connect(h2, bench.authority(Behaviour.HTTP));
            for (int at = 0; at < requests.length; at += MOST_DATA) {
              int end = Math.min(requests.length, at + MOST_DATA);
              tunnel.send(Arrays.copyOfRange(requests, at, end), false);
            }
          }
        });
  }

  static Verdict series(Bench bench) throws IOException, InterruptedException {
    long before = bench.hook("metrics", Map.of()).lines().count();
    H2Link h2 = bench.h2();
    for (int i = 0; i < NAMES; i++) {
      try {
        Tunnel.connect(h2, "name-%d.nowhere.example:80".formatted(i)).status(bench.patience());
      } catch (LinkClosed e) {
        h2 = bench.h2();
      }
    }
    long after = bench.hook("metrics", Map.of()).lines().count();
    return after - before <= MOST_SERIES
        ? new Verdict.Pass("few more lines of metrics for %d names".formatted(NAMES))
        : new Verdict.Fail(
            "%d more lines of metrics for %d names".formatted(after - before, NAMES));
  }

  static Verdict logLines(Bench bench) throws IOException, InterruptedException {
    String mark = bench.nonce();
    Tunnel tunnel =
        Tunnel.connect(
            bench.h2(),
            bench.authority(Behaviour.ECHO),
            Field.of("baggage", "service.name=" + ESCAPE + mark + "\"%n%0a"),
            Field.of("traceparent", mark + "%0d%0a" + mark));
    tunnel.status(bench.patience());
    Tunnel odd = Tunnel.connect(bench.h2(), mark + "\"%0a" + mark + ":80");
    odd.status(bench.patience());
    String log = bench.hook("log", Map.of());
    if (log.contains(ESCAPE)) {
      return new Verdict.Fail("the log has raw control characters of the client's");
    }
    return log.lines().anyMatch(line -> line.startsWith(mark))
        ? new Verdict.Fail("a line of the log begins with the client's text")
        : new Verdict.Pass("one line each, escaped");
  }
}
