package dev.marrow.cli.drill.cases;

import dev.marrow.cli.drill.Drill;
import dev.marrow.cli.drill.DrillMesh;
import dev.marrow.cli.drill.Setup;
import dev.marrow.cli.drill.Stage;
import dev.marrow.cli.drill.fault.Rules;
import dev.marrow.cli.drill.load.EchoServer;
import dev.marrow.cli.drill.load.LongStreams;
import dev.marrow.cli.drill.load.OpenLoop;
import dev.marrow.cli.drill.load.Tally;
import dev.marrow.cli.drill.load.TcpExchange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Node proxies that end, well or badly, or stand still. */
final class RestartDrills {
  private static final Duration LASTING = Duration.ofHours(1);

  private RestartDrills() {}

  static List<Drill> all() {
    return List.of(
        new Drill(
            "R-01",
            "Node proxy replaced under load",
            "a successor starts beside the node proxy and serves, then the old one drains and ends; on both nodes in turn",
            "0 failed new tunnels; streams that end within the drain are intact, the others are reset, never cut short as if complete",
            Setup.usual().with("ztunnel", "CONNECTION_TERMINATION_DEADLINE", "4s"),
            RestartDrills::handOver),
        new Drill(
            "R-04",
            "Node proxy killed",
            "kill -9 of a node proxy; the supervisor starts it again",
            "new tunnels within 2 s; streams told within 1 s; no plaintext leaves the node",
            Setup.usual(),
            RestartDrills::killed),
        new Drill(
            "R-20",
            "Node proxy stopped and continued",
            "SIGSTOP of a node proxy for 15 s, then SIGCONT",
            "no byte lost or changed on tunnels that are open; none of them ends",
            Setup.usual(),
            RestartDrills::stopped));
  }

  private static void handOver(Stage stage) throws Exception {
    // Streams of two seconds end in order within the drain of the old process.
    UsualLoad load = UsualLoad.start(stage, 50, Duration.ofSeconds(2));
    LongStreams lasting =
        stage.keep(
            LongStreams.start(stage.pairs(EchoServer.TCP), 50, Duration.ofSeconds(1), LASTING));
    int rounds = stage.scaled(4, 20);
    for (int n = 0; n < rounds; n++) {
      replace(stage, "ztunnel/node-" + (n % 2 + 1));
      stage.pass(Duration.ofSeconds(1));
    }
    load.finishWithoutLoss();
    LongStreams.Ends ends = load.streams().ends();
    stage.check("streams of 2 s that broke", "0", ends.broken(), ends.broken() == 0);
    LongStreams.Ends lasted = lasting.ends();
    lasting.close();
    lasted.told().forEach(stage::note);
    stage.figure("streams without end", lasted.reset() + " reset at the end of a drain");
    stage.check(
        "streams without end cut short as if complete",
        "0",
        lasted.truncated() + lasted.wrong(),
        lasted.truncated() + lasted.wrong() == 0);
    stage.figure("hand-overs", String.valueOf(rounds));
  }

  private static void replace(Stage stage, String proxy) throws Exception {
    stage.note("replacing " + proxy);
    if (stage.sabotaged()) {
      long before = stage.mesh().program(proxy).pid();
      DrillMesh.signal(before, "KILL");
      stage.mesh().awaitSuccessor(proxy, before, Duration.ofSeconds(20));
    } else {
      stage.mesh().handOver(proxy, Duration.ofSeconds(30));
    }
    stage.note("replaced " + proxy);
  }

  private static void killed(Stage stage) throws Exception {
    List<OpenLoop.Pair> pairs = stage.pairs(EchoServer.TCP);
    List<OpenLoop.Pair> ofNode = new ArrayList<>();
    for (OpenLoop.Pair pair : pairs) {
      if (stage.mesh().pod(pair.from().name()).node().equals("node-1")) ofNode.add(pair);
    }
    Rules plain = stage.keep(Rules.countPlaintext(stage.mesh(), 1));
    UsualLoad load = UsualLoad.start(stage, 50, LASTING);
    List<Double> gaps = new ArrayList<>();
    for (int n = 0; n < stage.scaled(3, 20); n++) {
      gaps.add(kill(stage, ofNode));
      stage.pass(Duration.ofSeconds(2));
    }
    load.finish();
    Collections.sort(gaps);
    stage.check(
        "longest time without a new tunnel from the node",
        "<= 2 s, each of " + gaps.size(),
        "%.2f s at worst, %.2f s at the median"
            .formatted(gaps.getLast(), gaps.get(gaps.size() / 2)),
        gaps.getLast() <= 2);
    stage.check(
        "packets that left as plaintext", "0", plain.packets("plain"), plain.packets("plain") == 0);
  }

  /** Seconds until the node's pods reach others again. */
  private static double kill(Stage stage, List<OpenLoop.Pair> ofNode) throws Exception {
    OpenLoop probe = stage.load(new TcpExchange(), ofNode, 100, 256);
    LongStreams streams =
        stage.keep(LongStreams.start(ofNode, 20, Duration.ofMillis(200), LASTING));
    stage.pass(Duration.ofSeconds(1));
    long before = stage.mesh().program("ztunnel/node-1").pid();
    long told = streams.ends().broken();
    DrillMesh.signal(before, "KILL");
    stage.note("killed " + before);
    DrillMesh.until(
        "streams to end", Duration.ofSeconds(3), () -> streams.ends().broken() - told >= 20);
    stage.note("streams are told");
    stage.mesh().awaitSuccessor("ztunnel/node-1", before, Duration.ofSeconds(20));
    stage.pass(Duration.ofSeconds(1));
    streams.close();
    probe.close();
    Tally.Summary sum = probe.tally().summary();
    stage.note("gap of %.0f ms at %.1f s".formatted(sum.longestGapMillis(), sum.gapAtSeconds()));
    return sum.longestGapMillis() / 1000;
  }

  private static void stopped(Stage stage) throws Exception {
    stage.serve(EchoServer.TCP, EchoServer::echo);
    // Messages wait for the proxy, so they may be late, but none may be lost.
    List<OpenLoop.Pair> pairs = stage.pairs(EchoServer.TCP);
    stage.awaitAnswers(pairs);
    LongStreams streams =
        stage.keep(
            LongStreams.patient(
                pairs, 64, Duration.ofMillis(500), LASTING, Duration.ofSeconds(30)));
    stage.pass(Duration.ofSeconds(3));
    long proxy = stage.mesh().program("ztunnel/node-1").pid();
    long before = streams.ends().messages();
    DrillMesh.signal(proxy, "STOP");
    stage.note("stopped");
    stage.pass(Duration.ofSeconds(15));
    DrillMesh.signal(proxy, "CONT");
    stage.note("continued");
    stage.pass(Duration.ofSeconds(5));
    streams.close();
    LongStreams.Ends ends = streams.ends();
    ends.told().forEach(stage::note);
    stage.figure("messages", "%d before, %d in all".formatted(before, ends.messages()));
    stage.check("streams that ended or lost bytes", "0 of 64", ends.broken(), ends.broken() == 0);
    stage.check(
        "the same process serves",
        "process " + proxy,
        stage.mesh().program("ztunnel/node-1").pid(),
        stage.mesh().program("ztunnel/node-1").pid() == proxy);
  }
}
