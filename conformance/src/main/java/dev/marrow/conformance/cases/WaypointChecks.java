package dev.marrow.conformance.cases;

import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.backend.Behaviour;
import dev.marrow.conformance.run.Bench;
import dev.marrow.conformance.wire.LinkClosed;
import dev.marrow.conformance.wire.Tunnel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** HTTP/1.1 inside a tunnel, byte by byte. */
final class WaypointChecks {
  private WaypointChecks() {}

  /** A request with a good first line and host, these further lines and this body. */
  static String post(String lines, String body) {
    return "POST /kit HTTP/1.1\r\nhost: kit.example\r\n" + lines + "\r\n" + body;
  }

  /** The text of the answer; empty when the tunnel ended without one. */
  static String exchange(Bench bench, String request) throws IOException {
    try {
      Tunnel tunnel = bench.tunnel(bench.h2(), Behaviour.HTTP);
      tunnel.send(request.getBytes(StandardCharsets.ISO_8859_1), false);
      byte[] answer = tunnel.receive("HTTP/1.1 200".length(), bench.patience());
      return new String(answer, StandardCharsets.ISO_8859_1);
    } catch (LinkClosed e) {
      return "";
    }
  }

  /** A 2xx in HTTP/1, whichever minor version the server writes. */
  static boolean positive(String answer) {
    return answer.startsWith("HTTP/1.1 2") || answer.startsWith("HTTP/1.0 2");
  }

  static Verdict served(Bench bench) throws IOException {
    String answer = exchange(bench, "GET /kit HTTP/1.1\r\nhost: kit.example\r\n\r\n");
    return answer.startsWith("HTTP/1.1 200")
        ? new Verdict.Pass("200")
        : new Verdict.Fail("answered: " + first(answer));
  }

  /** Every request has to be refused, and the mark in its body must not reach the application. */
  static Verdict refused(Bench bench, List<String> requests) throws IOException {
    if (!(served(bench) instanceof Verdict.Pass)) {
      return new Verdict.Error("positive control failed");
    }
    for (int i = 0; i < requests.size(); i++) {
      String mark = bench.nonce();
      String answer = exchange(bench, requests.get(i).replace("{mark}", mark));
      bench.backend().settle(Behaviour.HTTP);
      boolean through = bench.backend().arrivals().stream().anyMatch(a -> a.contains(mark));
      if (through || positive(answer)) {
        return new Verdict.Fail(
            "variant %d of %d was %s"
                .formatted(i + 1, requests.size(), through ? "forwarded" : "served"));
      }
    }
    return new Verdict.Pass("%d variants refused".formatted(requests.size()));
  }

  /** What the application got of a request that is fine apart from {@code lines}. */
  static Verdict withheld(Bench bench, String lines, String name) throws IOException {
    String mark = bench.nonce();
    exchange(
        bench,
        "GET /kit HTTP/1.1\r\nhost: kit.example\r\nx-mark: " + mark + "\r\n" + lines + "\r\n");
    bench.backend().settle(Behaviour.HTTP);
    boolean forwarded =
        bench.backend().arrivals().stream()
            .filter(a -> a.contains(mark))
            .anyMatch(a -> a.contains(name) || a.contains(name.toLowerCase(Locale.ROOT)));
    return forwarded
        ? new Verdict.Fail("the application got " + name)
        : new Verdict.Pass("the application did not get it");
  }

  private static String first(String answer) {
    return answer.lines().findFirst().orElse("nothing");
  }
}
