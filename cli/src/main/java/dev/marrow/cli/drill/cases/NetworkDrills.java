package dev.marrow.cli.drill.cases;

import dev.marrow.cli.drill.Drill;
import dev.marrow.cli.drill.DrillMesh;
import dev.marrow.cli.drill.Setup;
import dev.marrow.cli.drill.Stage;
import dev.marrow.cli.drill.fault.Rules;
import dev.marrow.cli.drill.load.Bulk;
import dev.marrow.cli.drill.load.EchoServer;
import dev.marrow.cli.drill.load.LongStreams;
import dev.marrow.cli.drill.load.OpenLoop;
import dev.marrow.cli.drill.load.Tally;
import dev.marrow.cli.drill.load.TcpExchange;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Peers that fall silent, and wires that lose, slow down and stall. */
final class NetworkDrills {
  private static final Duration LASTING = Duration.ofHours(1);

  private NetworkDrills() {}

  static List<Drill> all() {
    return List.of(
        new Drill(
            "R-17",
            "Peer silent",
            "all packets of one backend are dropped, in both directions, without a word",
            "its tunnels are gone within 32 s (PING after 10 s, 20 s for the answer), others are untouched",
            Setup.usual(),
            NetworkDrills::silent),
        new Drill(
            "R-18",
            "Bad wires",
            "1 % and 5 % of packets lost, 1 Mbit/s, segments of 64 bytes, stalls of 200 ms, one after the other",
            "nothing wrong, nothing stuck: one identity's bytes move in every phase, another's calls are answered in time",
            new Setup(2, 2, 2, Map.of(), ""),
            NetworkDrills::badWires));
  }

  private static void silent(Stage stage) throws Exception {
    stage.serve(EchoServer.TCP, EchoServer::echo);
    DrillMesh mesh = stage.mesh();
    List<OpenLoop.Pair> pairs = stage.pairs(EchoServer.TCP);
    stage.awaitAnswers(pairs);
    // Between nodes, or there is no wire to cut: backend-2 lives on node-1, client-2 on node-2.
    String backend = "backend-2";
    List<OpenLoop.Pair> victims =
        pairs.stream().filter(p -> p.target().equals(backend) && far(mesh, p)).toList();
    List<OpenLoop.Pair> others = pairs.stream().filter(p -> !p.target().equals(backend)).toList();
    LongStreams cut =
        stage.keep(
            LongStreams.patient(
                victims, 20, Duration.ofSeconds(1), LASTING, Duration.ofSeconds(60)));
    OpenLoop load = stage.load(new TcpExchange(), others, stage.rate() / 5, 1024);
    LongStreams rest = stage.keep(LongStreams.start(others, 50, Duration.ofSeconds(1), LASTING));
    DrillMesh.until("all streams to talk", Duration.ofSeconds(20), () -> cut.talking() == 20);
    stage.pass(Duration.ofSeconds(3));
    String address = mesh.pod(backend).addresses().getFirst();
    int node = mesh.pod(backend).node().endsWith("1") ? 1 : 2;
    try (Rules rules = Rules.drop(mesh, node, "ip daddr " + address);
        Rules back = Rules.drop(mesh, node, "ip saddr " + address)) {
      stage.note("silent: " + backend + " " + rules + back);
      long begun = System.nanoTime();
      DrillMesh.until(
          "streams to " + backend + " to end", Duration.ofSeconds(55), () -> cut.talking() == 0);
      double seconds = (System.nanoTime() - begun) / 1e9;
      stage.check(
          "tunnels to the silent peer are gone after",
          "<= 32 s",
          "%.1f s".formatted(seconds),
          seconds <= 32);
    }
    stage.checkNoneFailed("new tunnels to others", stage.finish(load, "new tunnels to others"));
    rest.close();
    LongStreams.Ends ends = rest.ends();
    ends.told().forEach(stage::note);
    stage.check("streams to others that broke", "0", ends.broken(), ends.broken() == 0);
    Effect effect = Effect.of(stage, victims.getFirst().from().name(), backend, EchoServer.TCP);
    double millis = effect.await(true, Duration.ofSeconds(30));
    stage.figure("reachable after the wire is back", "%.1f s".formatted(millis / 1000));
  }

  private static boolean far(DrillMesh mesh, OpenLoop.Pair pair) {
    try {
      return !mesh.pod(pair.from().name()).node().equals(mesh.pod(pair.target()).node());
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** One way in which a wire is bad; undone when closed. */
  private record Wire(String name, String begin, String end) {
    /** At 1 Mbit/s what is under way when it begins takes seconds to get through. */
    Duration usual() {
      return Duration.ofSeconds(name.startsWith("1 Mbit") ? 12 : 4);
    }
  }

  private static final String NO_NFT = "nft delete table inet drillwire 2>/dev/null || :";
  private static final String STALL =
      """
      (while :; do sleep 0.8; nft -f - <<'RULES'
      table inet drillwire {
        chain f { type filter hook forward priority -60; policy accept; drop; }
      }
      RULES
      sleep 0.2; nft delete table inet drillwire; done) >/dev/null 2>&1 &
      echo $! >/run/drill-stall.pid
      """;

  private static final List<Wire> WIRES =
      List.of(
          new Wire("1 % lost", nft("numgen random mod 100 < 1 drop"), NO_NFT),
          new Wire("5 % lost", nft("numgen random mod 100 < 5 drop"), NO_NFT),
          new Wire(
              "1 Mbit/s",
              "tc qdisc add dev eth0 root tbf rate 1mbit burst 16kb latency 200ms",
              "tc qdisc del dev eth0 root"),
          new Wire(
              "segments of 64 bytes", nft("tcp flags syn tcp option maxseg size set 76"), NO_NFT),
          new Wire(
              "stalls of 200 ms",
              STALL,
              "kill $(cat /run/drill-stall.pid); rm -f /run/drill-stall.pid; " + NO_NFT));

  private static String nft(String rule) {
    return """
    nft -f - <<'RULES'
    table inet drillwire {
    chain f { type filter hook forward priority -60; policy accept; %s; }
    }
    RULES
    """
        .formatted(rule);
  }

  private static void badWires(Stage stage) throws Exception {
    stage.serve(EchoServer.TCP, EchoServer::echo);
    DrillMesh mesh = stage.mesh();
    String node = mesh.names().node(2);
    List<OpenLoop.Pair> far =
        stage.pairs(EchoServer.TCP).stream().filter(p -> far(mesh, p)).toList();
    stage.awaitAnswers(far);
    for (Wire wire : WIRES) {
      try {
        mesh.in(node, wire.begin());
        stage.note(wire.name());
        phase(stage, wire, far);
      } finally {
        mesh.in(node, wire.end());
      }
    }
    OpenLoop after = stage.load(new TcpExchange(), far, 50, 1024);
    stage.pass(Duration.ofSeconds(3));
    stage.checkNoneFailed("new tunnels on the wire mended", stage.finish(after, "mended"));
  }

  private static void phase(Stage stage, Wire wire, List<OpenLoop.Pair> far) throws Exception {
    String name = wire.name();
    Bulk bulk = Bulk.start(far.getFirst(), 20);
    // Behind the bulk of its own identity, on the same connection, a call waits at 1 Mbit/s.
    List<OpenLoop.Pair> others = far.subList(1, far.size());
    OpenLoop echo = stage.load(new TcpExchange(), others, 10, 512);
    Duration time = stage.scaled(wire.usual(), Duration.ofMinutes(2));
    stage.pass(time);
    double half = bulk.megabytes();
    stage.pass(time.dividedBy(2));
    double all = bulk.megabytes();
    Tally.Summary sum = stage.finish(echo, name);
    stage.check(
        name + ": bytes that are wrong",
        "0",
        bulk.wrong() + sum.wrong(),
        bulk.wrong() + sum.wrong() == 0);
    stage.check(
        name + ": bulk moves to the end",
        "> 0 MB in the last third",
        "%.1f of %.1f MB".formatted(all - half, all),
        all > half);
    stage.check(
        name + ": echoes",
        ">= 90 % in time",
        "%d of %d".formatted(sum.answered(), sum.sent()),
        sum.answered() >= 0.9 * sum.sent());
    bulk.close();
  }
}
