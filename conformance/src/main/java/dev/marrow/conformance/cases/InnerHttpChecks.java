package dev.marrow.conformance.cases;

import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.backend.Behaviour;
import dev.marrow.conformance.run.Bench;
import dev.marrow.conformance.wire.ErrorCode;
import dev.marrow.conformance.wire.Field;
import dev.marrow.conformance.wire.Frames;
import dev.marrow.conformance.wire.H2Link;
import dev.marrow.conformance.wire.HpackEncoder;
import dev.marrow.conformance.wire.LinkClosed;
import dev.marrow.conformance.wire.Tunnel;
import dev.marrow.conformance.wire.TunnelLink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Checks of group L on HTTP/2 inside the tunnel, and on what an application answers. */
final class InnerHttpChecks {
  private static final int VARIANTS = 5;

  private InnerHttpChecks() {}

  static H2Link inner(Bench bench) throws IOException {
    H2Link outer = bench.h2();
    TunnelLink link = new TunnelLink(outer, bench.tunnel(outer, Behaviour.HTTP));
    return new H2Link(link, bench.transcript()).begin(bench.patience());
  }

  static List<Field> request(String method, String path, Field... more) {
    List<Field> fields =
        new ArrayList<>(
            List.of(
                Field.of(":method", method),
                Field.of(":scheme", "http"),
                Field.of(":authority", "kit.example"),
                Field.of(":path", path)));
    fields.addAll(Arrays.asList(more));
    return fields;
  }

  static int send(H2Link h2, boolean end, List<Field> fields) throws IOException {
    int stream = h2.newStream();
    h2.send(Frames.headers(stream, end, HpackEncoder.encode(fields.toArray(new Field[0]))));
    return stream;
  }

  private static boolean served(Bench bench) throws IOException {
    H2Link h2 = inner(bench);
    int stream = send(h2, true, request("GET", "/kit"));
    return Reaction.await(h2, stream, bench.patience()).equals(new Reaction.Status(200));
  }

  /** L7-04: what HTTP/2 can say and HTTP/1.1 would read as something else. */
  static Verdict translated(Bench bench) throws IOException {
    if (!served(bench)) {
      return new Verdict.Error("positive control failed: HTTP/2 inside the tunnel is not served");
    }
    for (int i = 0; i < VARIANTS; i++) {
      String mark = bench.nonce();
      H2Link h2 = inner(bench);
      boolean withBody = i == 0;
      int stream = send(h2, !withBody, wrong(i, mark));
      if (withBody) {
        h2.send(Frames.data(stream, true, mark.getBytes(StandardCharsets.US_ASCII)));
      }
      Reaction reaction = Reaction.await(h2, stream, bench.patience());
      bench.backend().settle(Behaviour.HTTP);
      // A wrong length is known only at its end: what was read until then may have gone on.
      boolean through =
          !withBody && bench.backend().arrivals().stream().anyMatch(a -> a.contains(mark));
      if (through || reaction instanceof Reaction.Status s && s.code() / 100 == 2) {
        return new Verdict.Fail(
            "variant %d of %d: %s".formatted(i + 1, VARIANTS, through ? "forwarded" : reaction));
      }
    }
    return new Verdict.Pass("%d variants refused".formatted(VARIANTS));
  }

  private static List<Field> wrong(int variant, String mark) {
    return switch (variant) {
      case 0 -> request("POST", "/" + mark, Field.of("content-length", "5"));
      case 1 -> request("POST", "/" + mark, Field.of("transfer-encoding", "chunked"));
      case 2 -> request("GET", "/" + mark, Field.of("x-a", "b\r\nx-c: d"));
      case 3 -> request("GET", "/" + mark + " HTTP/1.1\r\nx-c: d");
      default -> request("GET /" + mark + " HTTP/1.1\r\nhost: a\r\n\r\nGET", "/");
    };
  }

  /** L7-09: breaks in every phase. */
  static Verdict breaks(Bench bench) throws IOException {
    for (int phase = 0; phase < 4; phase++) {
      try {
        H2Link h2 = inner(bench);
        int stream = send(h2, false, phase == 0 ? connect() : request("POST", "/kit"));
        if (phase == 1) {
          h2.send(Frames.headers(stream, false, HpackEncoder.encode(Field.of("x-trailer", "a"))));
        } else if (phase > 1) {
          h2.send(Frames.data(stream, false, new byte[100]));
          h2.send(Frames.reset(stream, ErrorCode.CANCEL));
        }
        if (phase == 3) {
          h2.close();
        } else {
          Reaction.await(h2, stream, bench.patience().dividedBy(3));
        }
      } catch (LinkClosed e) {
        bench.transcript().add("phase %d: %s", phase, String.valueOf(e.getMessage()));
      }
    }
    return served(bench)
        ? new Verdict.Pass("four breaks, others are served")
        : new Verdict.Fail("serves nobody any more");
  }

  private static List<Field> connect() {
    return List.of(Field.of(":method", "CONNECT"), Field.of(":authority", "kit.example:80"));
  }

  /** L7-11: the next answer on the connection has to be found where it begins. */
  static Verdict framing(Bench bench) throws IOException {
    for (String first : List.of("GET /103", "GET /204", "HEAD /kit")) {
      Tunnel tunnel = bench.tunnel(bench.h2(), Behaviour.HTTP_ODD);
      exchange(bench, tunnel, first + " HTTP/1.1\r\nhost: kit.example\r\n\r\n");
      String second = exchange(bench, tunnel, "GET /kit HTTP/1.1\r\nhost: kit.example\r\n\r\n");
      if (!second.startsWith("HTTP/1.1 200") || !second.endsWith("kit says: hello\n")) {
        return new Verdict.Fail(
            "after %s: %s".formatted(first, second.lines().findFirst().orElse("nothing")));
      }
    }
    return new Verdict.Pass("early hints, 204 and HEAD leave the next answer intact");
  }

  private static String exchange(Bench bench, Tunnel tunnel, String request) throws IOException {
    tunnel.send(request.getBytes(StandardCharsets.US_ASCII), false);
    StringBuilder answer = new StringBuilder();
    byte[] part = tunnel.receive(1, bench.patience());
    while (part.length > 0) {
      answer.append(new String(part, StandardCharsets.ISO_8859_1));
      part = tunnel.receive(1, bench.patience().dividedBy(8));
    }
    return answer.toString();
  }

  /** L7-13: an upgrade becomes a tunnel of its own. */
  static Verdict webSocket(Bench bench) throws IOException {
    Tunnel tunnel = bench.tunnel(bench.h2(), Behaviour.HTTP_ODD);
    String answer =
        exchange(
            bench,
            tunnel,
            "GET /upgrade HTTP/1.1\r\nhost: kit.example\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: bWFycm93LWtpdC1rZXkuLg==\r\n\r\n");
    if (!answer.startsWith("HTTP/1.1 101")) {
      return new Verdict.Recorded("refused: " + answer.lines().findFirst().orElse("nothing"));
    }
    String nonce = bench.nonce();
    tunnel.send(nonce.getBytes(StandardCharsets.US_ASCII), false);
    String back =
        new String(tunnel.receive(nonce.length(), bench.patience()), StandardCharsets.US_ASCII);
    return back.equals(nonce)
        ? new Verdict.Pass("101, then bytes both ways")
        : new Verdict.Fail("101, but the bytes do not come back");
  }
}
