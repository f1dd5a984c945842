package dev.marrow.conformance.cases;

import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.backend.Behaviour;
import dev.marrow.conformance.run.Bench;
import dev.marrow.conformance.wire.ErrorCode;
import dev.marrow.conformance.wire.Field;
import dev.marrow.conformance.wire.Frame;
import dev.marrow.conformance.wire.Frames;
import dev.marrow.conformance.wire.H2Link;
import dev.marrow.conformance.wire.HpackEncoder;
import dev.marrow.conformance.wire.LinkClosed;
import dev.marrow.conformance.wire.Tunnel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks of group F that take more than a line. */
final class H2Checks {
  private static final String PING_BYTES = "6d6172726f770001";

  private H2Checks() {}

  static Verdict settingsFirst(Bench bench) throws IOException {
    H2Link h2 = bench.keep(new H2Link(bench.tls(bench.offer()), bench.transcript()));
    h2.send(Frames.concat(Frames.PREFACE, Frames.settings()), "preface, SETTINGS");
    Optional<Frame> first = h2.next(bench.patience());
    if (first.isEmpty() || !first.get().is(Frame.SETTINGS)) {
      return new Verdict.Fail("first frame: " + first.map(Frame::toString).orElse("none"));
    }
    boolean acknowledged =
        first.get().has(Frame.ACK)
            || h2.await(f -> f.is(Frame.SETTINGS) && f.has(Frame.ACK), Duration.ofSeconds(1))
                .isPresent();
    return acknowledged
        ? new Verdict.Pass("SETTINGS, then the acknowledgement; announces " + h2.settings())
        : new Verdict.Fail("our SETTINGS were not acknowledged within a second");
  }

  static Verdict wrongPreface(Bench bench) throws IOException {
    H2Link h2 = bench.keep(new H2Link(bench.tls(bench.offer()), bench.transcript()));
    h2.send(
        "PRI * HTTP/3.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
        "a preface of another version");
    return Reaction.await(h2, 0, bench.patience()) instanceof Reaction.None
        ? new Verdict.Fail("still open")
        : new Verdict.Pass("closed");
  }

  static Verdict streamLimit(Bench bench) throws IOException {
    H2Link h2 = bench.h2();
    Long limit = h2.settings().get(Frames.MAX_CONCURRENT_STREAMS);
    if (limit == null || limit > 1000) {
      return new Verdict.Fail(limit == null ? "no maximum announced" : "announces " + limit);
    }
    List<Tunnel> open = new ArrayList<>();
    for (int i = 0; i < limit; i++) {
      open.add(Tunnel.connect(h2, bench.authority(Behaviour.STALL)));
    }
    for (Tunnel each : open) {
      each.status(bench.patience());
    }
    Tunnel above = Tunnel.connect(h2, bench.authority(Behaviour.STALL));
    return Reaction.await(h2, above.stream(), bench.patience())
        .asStreamError(ErrorCode.REFUSED_STREAM, ErrorCode.PROTOCOL_ERROR);
  }

  static Verdict badSettings(Bench bench) throws IOException {
    Verdict window =
        connectionError(
            bench,
            Frames.settings(Frames.INITIAL_WINDOW_SIZE, 0x80000000L),
            ErrorCode.FLOW_CONTROL_ERROR);
    Verdict small =
        connectionError(
            bench, Frames.settings(Frames.MAX_FRAME_SIZE, 16383), ErrorCode.PROTOCOL_ERROR);
    Verdict large =
        connectionError(
            bench, Frames.settings(Frames.MAX_FRAME_SIZE, 1 << 24), ErrorCode.PROTOCOL_ERROR);
    Verdict push =
        connectionError(bench, Frames.settings(Frames.ENABLE_PUSH, 2), ErrorCode.PROTOCOL_ERROR);
    return worst(window, small, large, push);
  }

  static Verdict zeroWindowUpdate(Bench bench) throws IOException {
    H2Link h2 = bench.h2();
    Tunnel tunnel = bench.tunnel(h2, Behaviour.ECHO);
    h2.send(Frames.windowUpdate(tunnel.stream(), 0));
    Verdict stream =
        Reaction.await(h2, tunnel.stream(), bench.patience())
            .asStreamError(ErrorCode.PROTOCOL_ERROR);
    return worst(
        stream, connectionError(bench, Frames.windowUpdate(0, 0), ErrorCode.PROTOCOL_ERROR));
  }

  static Verdict streamIds(Bench bench) throws IOException {
    byte[] block =
        HpackEncoder.encode(
            Field.of(":method", "CONNECT"),
            Field.of(":authority", bench.authority(Behaviour.ECHO)));
    Verdict even =
        connectionError(bench, Frames.headers(2, false, block), ErrorCode.PROTOCOL_ERROR);
    byte[] backwards =
        Frames.concat(Frames.headers(5, false, block), Frames.headers(3, false, block));
    return worst(
        even, connectionError(bench, backwards, ErrorCode.PROTOCOL_ERROR, ErrorCode.STREAM_CLOSED));
  }

  static Verdict idleStreams(Bench bench) throws IOException {
    Verdict data =
        connectionError(
            bench,
            Frames.data(1, false, new byte[1]),
            ErrorCode.PROTOCOL_ERROR,
            ErrorCode.STREAM_CLOSED);
    Verdict reset =
        connectionError(bench, Frames.reset(1, ErrorCode.CANCEL), ErrorCode.PROTOCOL_ERROR);
    Verdict update = connectionError(bench, Frames.windowUpdate(1, 1), ErrorCode.PROTOCOL_ERROR);
    H2Link h2 = bench.h2();
    Tunnel tunnel = bench.tunnel(h2, Behaviour.STALL);
    tunnel.send(new byte[1], true);
    tunnel.send(new byte[1], false);
    Verdict after =
        Reaction.await(h2, tunnel.stream(), bench.patience())
            .asStreamError(ErrorCode.STREAM_CLOSED);
    return worst(data, reset, update, after);
  }

  static Verdict frameSizes(Bench bench) throws IOException {
    H2Link plain = bench.h2();
    long max = plain.settings().getOrDefault(Frames.MAX_FRAME_SIZE, 16384L);
    byte[] header = new byte[9];
    System.arraycopy(Frames.frame((int) max + 1, Frame.DATA, 0, 1, new byte[0]), 0, header, 0, 9);
    Verdict large =
        connectionError(
            bench,
            Frames.concat(header, new byte[1024]),
            ErrorCode.FRAME_SIZE_ERROR,
            ErrorCode.PROTOCOL_ERROR);
    Verdict ping =
        connectionError(
            bench, Frames.frame(Frame.PING, 0, 0, new byte[7]), ErrorCode.FRAME_SIZE_ERROR);
    Verdict reset =
        connectionError(
            bench,
            Frames.frame(Frame.RST_STREAM, 0, 1, new byte[3]),
            ErrorCode.FRAME_SIZE_ERROR,
            ErrorCode.PROTOCOL_ERROR);
    Verdict update =
        connectionError(
            bench,
            Frames.frame(Frame.WINDOW_UPDATE, 0, 0, new byte[5]),
            ErrorCode.FRAME_SIZE_ERROR);
    Verdict settings =
        connectionError(
            bench, Frames.frame(Frame.SETTINGS, 0, 0, new byte[5]), ErrorCode.FRAME_SIZE_ERROR);
    return worst(large, ping, reset, update, settings);
  }

  static Verdict interruptedBlock(Bench bench) throws IOException {
    byte[] half =
        Frames.frame(Frame.HEADERS, 0, 1, HpackEncoder.encode(Field.of(":method", "CONNECT")));
    Verdict inside =
        connectionError(
            bench, Frames.concat(half, Frames.ping(false, PING_BYTES)), ErrorCode.PROTOCOL_ERROR);
    Verdict first =
        connectionError(
            bench,
            Frames.frame(Frame.CONTINUATION, Frame.END_HEADERS, 1, new byte[0]),
            ErrorCode.PROTOCOL_ERROR);
    return worst(inside, first);
  }

  static Verdict brokenHpack(Bench bench) throws IOException {
    List<byte[]> blocks =
        List.of(
            new byte[] {(byte) 0x80},
            new byte[] {(byte) 0xff, 0x7f},
            new byte[] {0x3f, (byte) 0xff, (byte) 0xff, 0x7f},
            new byte[] {0, 1, 'a', (byte) 0x81, 0});
    Verdict[] verdicts = new Verdict[blocks.size()];
    for (int i = 0; i < verdicts.length; i++) {
      verdicts[i] =
          connectionError(
              bench, Frames.headers(1, false, blocks.get(i)), ErrorCode.COMPRESSION_ERROR);
    }
    return worst(verdicts);
  }

  static Verdict pseudoHeaders(Bench bench) throws IOException {
    Field method = Field.of(":method", "CONNECT");
    Field authority = Field.of(":authority", bench.authority(Behaviour.ECHO));
    return worst(
        malformed(bench, method, Field.of("x-a", "b"), authority),
        malformed(bench, method, authority, Field.of(":unknown", "a")),
        malformed(bench, method, method, authority),
        malformed(bench, method, authority, Field.of(":status", "200")));
  }

  static Verdict hugeHeaders(Bench bench) throws IOException {
    H2Link h2 = bench.h2();
    Tunnel bystander = bench.tunnel(h2, Behaviour.ECHO);
    List<Field> fields =
        new ArrayList<>(
            List.of(
                Field.of(":method", "CONNECT"),
                Field.of(":authority", bench.authority(Behaviour.ECHO))));
    for (int i = 0; i < 70; i++) {
      fields.add(Field.of("x-filler-" + i, "v".repeat(1024)));
    }
    byte[] block = HpackEncoder.encode(fields);
    int stream = h2.newStream();
    h2.send(Frames.frame(Frame.HEADERS, 0, stream, java.util.Arrays.copyOf(block, 16_000)));
    for (int at = 16_000; at < block.length; at += 16_000) {
      int end = Math.min(block.length, at + 16_000);
      h2.send(
          Frames.frame(
              Frame.CONTINUATION,
              end == block.length ? Frame.END_HEADERS : 0,
              stream,
              java.util.Arrays.copyOfRange(block, at, end)));
    }
    Reaction reaction = Reaction.await(h2, stream, bench.patience());
    if (reaction instanceof Reaction.Status s && s.code() == 200) {
      return new Verdict.Fail("70 KiB of header fields were accepted");
    }
    if (reaction instanceof Reaction.None) {
      return new Verdict.Fail("no reaction");
    }
    return echoes(bench, bystander)
        ? new Verdict.Pass(reaction + "; the other tunnel lives")
        : new Verdict.Fail(reaction + "; the other tunnel died with it");
  }

  static Verdict goAwayFromClient(Bench bench) throws IOException {
    H2Link h2 = bench.h2();
    Tunnel tunnel = bench.tunnel(h2, Behaviour.ECHO);
    h2.send(Frames.goAway(0, ErrorCode.NO_ERROR));
    return echoes(bench, tunnel)
        ? new Verdict.Pass("the open tunnel goes on")
        : new Verdict.Fail("the open tunnel ended");
  }

  static Verdict neverAcknowledged(Bench bench) throws IOException {
    H2Link h2 = new H2Link(bench.tls(bench.offer()), bench.transcript()).impolite();
    h2.begin(bench.patience());
    Tunnel tunnel = bench.tunnel(h2, Behaviour.ECHO);
    if (!echoes(bench, tunnel)) {
      return new Verdict.Recorded("no tunnel before the acknowledgement");
    }
    Reaction reaction = Reaction.await(h2, 0, Duration.ofSeconds(6));
    return reaction instanceof Reaction.None
        ? new Verdict.Recorded("tolerated for six seconds")
        : new Verdict.Recorded("ended: " + reaction);
  }

  static Verdict ping(Bench bench) throws IOException {
    H2Link h2 = bench.h2();
    h2.send(Frames.ping(true, PING_BYTES), Frames.ping(false, PING_BYTES));
    Optional<Frame> answer =
        h2.await(f -> f.is(Frame.PING) && f.has(Frame.ACK), Duration.ofSeconds(1));
    if (answer.isEmpty()
        || !java.util.HexFormat.of().formatHex(answer.get().payload()).equals(PING_BYTES)) {
      return new Verdict.Fail(
          "PING was answered by " + answer.map(Frame::toString).orElse("nothing"));
    }
    return connectionError(
        bench, Frames.frame(Frame.PING, 0, 1, new byte[8]), ErrorCode.PROTOCOL_ERROR);
  }

  static Verdict unknownIgnored(Bench bench) throws IOException {
    H2Link h2 = bench.h2(0x4d4d, 7);
    h2.send(
        Frames.frame(0xbe, 0xff, 0, new byte[5]),
        Frames.frame(Frame.PING, 0xfe, 0x80000000, new byte[8]));
    return echoes(bench, bench.tunnel(h2, Behaviour.ECHO))
        ? new Verdict.Pass("ignored")
        : new Verdict.Fail("a tunnel does not work afterwards");
  }

  static Verdict padding(Bench bench) throws IOException {
    H2Link h2 = bench.h2();
    Tunnel tunnel = bench.tunnel(h2, Behaviour.ECHO);
    byte[] padded = new byte[1 + 4 + 200];
    padded[0] = (byte) 200;
    System.arraycopy("abcd".getBytes(StandardCharsets.US_ASCII), 0, padded, 1, 4);
    h2.send(Frames.frame(Frame.DATA, Frame.PADDED, tunnel.stream(), padded));
    String back = new String(tunnel.receive(4, bench.patience()), StandardCharsets.US_ASCII);
    if (!back.equals("abcd")) {
      return new Verdict.Fail("the application got " + back);
    }
    h2.send(Frames.frame(Frame.DATA, Frame.PADDED, tunnel.stream(), new byte[] {5, 0, 0}));
    return Reaction.await(h2, tunnel.stream(), bench.patience())
        .asConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  static Verdict priority(Bench bench) throws IOException {
    H2Link h2 = bench.h2();
    Tunnel tunnel = bench.tunnel(h2, Behaviour.ECHO);
    h2.send(Frames.frame(Frame.PRIORITY, 0, tunnel.stream(), new byte[4]));
    return Reaction.await(h2, tunnel.stream(), bench.patience())
        .asStreamError(ErrorCode.FRAME_SIZE_ERROR);
  }

  /** Sends {@code frames} on a fresh connection and asks for an error of the connection. */
  static Verdict connectionError(Bench bench, byte[] frames, ErrorCode... codes)
      throws IOException {
    H2Link h2 = bench.h2();
    h2.send(frames, "the wrong frames: " + dev.marrow.conformance.wire.Hex.brief(frames));
    return Reaction.await(h2, 0, bench.patience()).asConnectionError(codes);
  }

  /** Sends a CONNECT with exactly these fields. */
  static Verdict malformed(Bench bench, Field... fields) throws IOException {
    H2Link h2 = bench.h2();
    Tunnel tunnel = Tunnel.request(h2, false, fields);
    return Reaction.await(h2, tunnel.stream(), bench.patience()).asMalformed();
  }

  /** A good CONNECT with one further field each; every one has to be refused as malformed. */
  static Verdict allMalformed(Bench bench, Field... wrong) throws IOException {
    Verdict[] verdicts = new Verdict[wrong.length];
    for (int i = 0; i < wrong.length; i++) {
      verdicts[i] =
          malformed(
              bench,
              Field.of(":method", "CONNECT"),
              Field.of(":authority", bench.authority(Behaviour.ECHO)),
              wrong[i]);
    }
    return worst(verdicts);
  }

  static boolean echoes(Bench bench, Tunnel tunnel) throws IOException {
    String nonce = bench.nonce();
    try {
      tunnel.send(nonce.getBytes(StandardCharsets.US_ASCII), false);
      return new String(tunnel.receive(nonce.length(), bench.patience()), StandardCharsets.US_ASCII)
          .equals(nonce);
    } catch (LinkClosed e) {
      return false;
    }
  }

  /** The first that failed, else the first that passed in substance only, else the last. */
  static Verdict worst(Verdict... verdicts) {
    for (int i = 0; i < verdicts.length; i++) {
      if (verdicts[i] instanceof Verdict.Fail f) {
        return verdicts.length == 1
            ? f
            : new Verdict.Fail(
                "variant %d of %d: %s".formatted(i + 1, verdicts.length, f.observed()));
      }
    }
    for (Verdict verdict : verdicts) {
      if (verdict instanceof Verdict.Conceptual) {
        return verdict;
      }
    }
    return verdicts[verdicts.length - 1];
  }
}
