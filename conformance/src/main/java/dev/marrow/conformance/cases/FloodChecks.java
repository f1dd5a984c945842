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
import dev.marrow.conformance.wire.RawHello;
import dev.marrow.conformance.wire.TcpLink;
import dev.marrow.conformance.wire.Tunnel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The attacks of group G. */
final class FloodChecks {
  private static final int REQUESTS = 2_000;
  private static final int RESETS = 12_000;
  private static final int FRAMES = 100_000;
  private static final int MOST_PINGS = 1_000_000;
  private static final int INDEX_OF_FIRST = 62;
  private static final String PING_BYTES = "6d6172726f770002";

  private FloodChecks() {}

  private static byte[] connect(Bench bench) {
    return HpackEncoder.encode(
        Field.of(":method", "CONNECT"), Field.of(":authority", bench.authority(Behaviour.ECHO)));
  }

  static Verdict rapidReset(Bench bench) throws IOException {
    byte[] block = connect(bench);
    return Flood.judgeRate(
        bench,
        RESETS,
        h2 -> {
          for (int i = 0; i < RESETS; i++) {
            int stream = h2.newStream();
            h2.send(
                Frames.concat(
                    Frames.headers(stream, false, block), Frames.reset(stream, ErrorCode.CANCEL)),
                "HEADERS, RST_STREAM");
          }
        });
  }

  static Verdict madeToReset(Bench bench) throws IOException {
    byte[] block = connect(bench);
    return Flood.judgeRate(
        bench,
        REQUESTS,
        h2 -> {
          for (int i = 0; i < REQUESTS; i++) {
            int stream = h2.newStream();
            h2.send(
                Frames.concat(Frames.headers(stream, false, block), Frames.windowUpdate(stream, 0)),
                "HEADERS, WINDOW_UPDATE 0");
          }
        });
  }

  static Verdict tinyHeaderLimit(Bench bench) throws IOException {
    byte[] block = HpackEncoder.encode(Field.of(":method", "CONNECT"), Field.of(":authority", ":"));
    return Flood.judge(
        bench,
        false,
        h2 -> {
          h2.send(Frames.settings(Frames.MAX_HEADER_LIST_SIZE, 1));
          for (int i = 0; i < REQUESTS; i++) {
            h2.send(Frames.headers(h2.newStream(), true, block), "HEADERS");
          }
        });
  }

  static Verdict continuations(Bench bench, int size) throws IOException {
    return Flood.judge(
        bench,
        true,
        h2 -> {
          h2.send(Frames.frame(Frame.HEADERS, 0, 1, new byte[0]), "HEADERS without an end");
          byte[] filler = HpackEncoder.encode(Field.of("x", "y".repeat(Math.max(1, size - 5))));
          byte[] piece = size < 8 ? Arrays.copyOf(new byte[] {0}, size) : filler;
          byte[] many = repeat(Frames.frame(Frame.CONTINUATION, 0, 1, piece), size < 8 ? 200 : 20);
          for (int i = 0; i < FRAMES / 200; i++) {
            h2.send(many, "CONTINUATION");
          }
        });
  }

  static Verdict bomb(Bench bench, String name, int valueBytes, int references) throws IOException {
    H2Link h2 = bench.h2();
    Tunnel victim = bench.tunnel(bench.h2(), Behaviour.ECHO);
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.writeBytes(connect(bench));
    block.write(0x40);
    HpackEncoder.integer(block, 0, 7, name.length());
    block.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
    HpackEncoder.integer(block, 0, 7, valueBytes);
    block.writeBytes("v".repeat(valueBytes).getBytes(StandardCharsets.US_ASCII));
    byte[] references1 = new byte[references];
    Arrays.fill(references1, (byte) (0x80 | INDEX_OF_FIRST));
    block.writeBytes(references1);
    int stream = h2.newStream();
    sendBlock(h2, stream, block.toByteArray());
    Reaction reaction = Reaction.await(h2, stream, bench.patience());
    boolean served = reaction instanceof Reaction.Status s && s.code() / 100 == 2;
    if (served || reaction instanceof Reaction.None) {
      return new Verdict.Fail(served ? "accepted" : "no reaction");
    }
    return H2Checks.echoes(bench, victim)
        ? new Verdict.Pass("refused: " + reaction)
        : new Verdict.Fail("an innocent tunnel died: " + reaction);
  }

  private static void sendBlock(H2Link h2, int stream, byte[] block) throws IOException {
    int part = 16_000;
    for (int at = 0; at < block.length; at += part) {
      int end = Math.min(block.length, at + part);
      byte[] piece = Arrays.copyOfRange(block, at, end);
      int flags = end == block.length ? Frame.END_HEADERS : 0;
      h2.send(Frames.frame(at == 0 ? Frame.HEADERS : Frame.CONTINUATION, flags, stream, piece));
    }
  }

  static Verdict pings(Bench bench) throws IOException {
    byte[] many = repeat(Frames.ping(false, PING_BYTES), 1000);
    return Flood.judge(
        bench,
        true,
        h2 -> {
          for (int i = 0; i < MOST_PINGS / 1000; i++) {
            h2.send(many, "1000 PING");
          }
        });
  }

  static Verdict settings(Bench bench) throws IOException {
    byte[] many = repeat(Frames.settings(Frames.INITIAL_WINDOW_SIZE, 70_000), 1000);
    return Flood.judge(
        bench,
        true,
        h2 -> {
          for (int i = 0; i < MOST_PINGS / 1000; i++) {
            h2.send(many, "1000 SETTINGS");
          }
        });
  }

  static Verdict emptyData(Bench bench) throws IOException {
    return Flood.judge(
        bench,
        true,
        h2 -> {
          Tunnel tunnel = Tunnel.connect(h2, bench.authority(Behaviour.ECHO));
          tunnel.status(bench.patience());
          byte[] many = repeat(Frames.data(tunnel.stream(), false, new byte[0]), 1000);
          for (int i = 0; i < FRAMES / 1000; i++) {
            h2.send(many, "1000 empty DATA");
          }
        });
  }

  static Verdict priorities(Bench bench) throws IOException {
    byte[] many = repeat(Frames.frame(Frame.PRIORITY, 0, 1, new byte[] {0, 0, 0, 3, 1}), 1000);
    return Flood.judge(
        bench,
        false,
        h2 -> {
          for (int i = 0; i < FRAMES / 1000; i++) {
            h2.send(many, "1000 PRIORITY");
          }
        });
  }

  static Verdict hugeTable(Bench bench) throws IOException {
    byte[] block = HpackEncoder.encode(Field.of(":method", "CONNECT"), Field.of(":authority", ":"));
    return Flood.judge(
        bench,
        false,
        h2 -> {
          h2.send(Frames.settings(Frames.HEADER_TABLE_SIZE, 0xffffffffL));
          for (int i = 0; i < 500; i++) {
            h2.send(Frames.headers(h2.newStream(), true, block), "HEADERS");
          }
        });
  }

  static Verdict tinyWindows(Bench bench) throws IOException {
    return Flood.judge(
        bench,
        false,
        h2 -> {
          h2.send(Frames.settings(Frames.INITIAL_WINDOW_SIZE, 1));
          for (int i = 0; i < 50; i++) {
            Tunnel.connect(h2, bench.authority(Behaviour.STREAM));
          }
          for (int round = 0; round < 200; round++) {
            ByteArrayOutputStream updates = new ByteArrayOutputStream();
            for (int i = 0; i < 50; i++) {
              updates.writeBytes(Frames.windowUpdate(2 * i + 1, 1));
            }
            h2.send(updates.toByteArray(), "50 WINDOW_UPDATE 1");
          }
        });
  }

  static Verdict idleTunnels(Bench bench) throws IOException {
    Tunnel victim = bench.tunnel(bench.h2(), Behaviour.ECHO);
    int open = 0;
    for (int c = 0; c < 10; c++) {
      try {
        H2Link h2 = bench.h2();
        for (int i = 0; i < 50; i++) {
          Tunnel.connect(h2, bench.authority(Behaviour.ECHO));
          open++;
        }
      } catch (LinkClosed e) {
        break;
      }
    }
    boolean alive = H2Checks.echoes(bench, victim) && bench.attempt(bench.offer()).echoed();
    return alive
        ? new Verdict.Pass("%d idle tunnels, others are served".formatted(open))
        : new Verdict.Fail("others are not served beside %d idle tunnels".formatted(open));
  }

  static Verdict brokenHandshakes(Bench bench) throws IOException {
    byte[] hello = new RawHello().bytes();
    for (int i = 0; i < 300; i++) {
      TcpLink tcp = bench.tcp();
      if (i % 3 > 0) {
        tcp.write(i % 3 == 1 ? Arrays.copyOf(hello, 40) : hello);
      }
      tcp.reset();
    }
    return bench.attempt(bench.offer()).echoed()
        ? new Verdict.Pass("300 handshakes broken off, others are served")
        : new Verdict.Fail("serves nobody any more");
  }

  static Verdict hugeHellos(Bench bench) throws IOException {
    byte[] announced = RawHello.record(22, new byte[] {1, (byte) 0xff, (byte) 0xff, (byte) 0xff});
    for (int i = 0; i < 200; i++) {
      bench.tcp().write(announced);
    }
    return bench.attempt(bench.offer()).echoed()
        ? new Verdict.Pass("200 hellos of 16 MiB announced, others are served")
        : new Verdict.Fail("serves nobody any more");
  }

  static Verdict keyUpdates(Bench bench) throws IOException {
    Tunnel victim = bench.tunnel(bench.h2(), Behaviour.ECHO);
    var attacker = bench.tls(bench.offer());
    try {
      for (int i = 0; i < 2_000; i++) {
        attacker.updateKeys();
      }
    } catch (IOException e) {
      bench.transcript().add("cut off: %s", String.valueOf(e.getMessage()));
    }
    return H2Checks.echoes(bench, victim)
        ? new Verdict.Pass("an innocent tunnel lives")
        : new Verdict.Fail("an innocent tunnel died");
  }

  private static byte[] repeat(byte[] frame, int times) {
    byte[] all = new byte[frame.length * times];
    for (int i = 0; i < times; i++) {
      System.arraycopy(frame, 0, all, i * frame.length, frame.length);
    }
    return all;
  }
}
