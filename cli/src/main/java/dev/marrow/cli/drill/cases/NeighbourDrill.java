package dev.marrow.cli.drill.cases;

import dev.marrow.cli.drill.Drill;
import dev.marrow.cli.drill.Setup;
import dev.marrow.cli.drill.Stage;
import dev.marrow.cli.drill.load.Bulk;
import dev.marrow.cli.drill.load.EchoServer;
import dev.marrow.cli.drill.load.OpenLoop;
import dev.marrow.cli.drill.load.Tally;
import dev.marrow.cli.drill.load.TcpExchange;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** one tenant of a node sends as much as it may, on many streams; another makes calls. */
final class NeighbourDrill {
  private static final int STREAMS = 64;
  private static final double MEGABYTES = 32;
  // Below this the machine's own noise is larger than what is measured.
  private static final double NOISE_MILLIS = 20;

  private NeighbourDrill() {}

  static Drill drill() {
    return new Drill(
        "R-26",
        "Noisy neighbour",
        "one identity of a node sends 32 MB/s, first on one stream, then on 64; another one of the same nodes opens tunnels",
        "0 failed; 64 streams raise the other's p99 to no more than twice that with one",
        Setup.usual(),
        NeighbourDrill::run);
  }

  private static void run(Stage stage) throws Exception {
    stage.serve(EchoServer.TCP, EchoServer::echo);
    List<OpenLoop.Pair> pairs = stage.pairs(EchoServer.TCP);
    stage.awaitAnswers(pairs);
    OpenLoop.Pair noisy = pair(pairs, "client-1", "backend-1");
    OpenLoop.Pair other = pair(pairs, "client-3", "backend-3");
    calls(stage, other, "warm");
    Tally.Summary calm = calls(stage, other, "calls without a neighbour");
    Tally.Summary one = beside(stage, noisy, other, 1);
    Tally.Summary many = beside(stage, noisy, other, STREAMS);
    stage.checkNoneFailed("calls without a neighbour", calm);
    stage.checkNoneFailed("calls beside one stream", one);
    stage.checkNoneFailed("calls beside 64 streams", many);
    double most = 2 * Math.max(NOISE_MILLIS, one.p99Millis());
    stage.check(
        "p99 beside 64 streams",
        String.format(Locale.ROOT, "<= %.0f ms", most),
        String.format(Locale.ROOT, "%.1f ms", many.p99Millis()),
        many.p99Millis() <= most);
  }

  private static Tally.Summary beside(
      Stage stage, OpenLoop.Pair noisy, OpenLoop.Pair other, int streams) throws IOException {
    List<Bulk> bulk = new ArrayList<>();
    for (int n = 0; n < streams; n++) {
      bulk.add(stage.keep(Bulk.start(noisy, MEGABYTES / streams)));
    }
    stage.pass(Duration.ofSeconds(2));
    double before = bulk.stream().mapToDouble(Bulk::megabytes).sum();
    long begun = System.nanoTime();
    Tally.Summary sum = calls(stage, other, "calls beside " + streams);
    double moved = bulk.stream().mapToDouble(Bulk::megabytes).sum() - before;
    stage.figure(
        "bulk on " + streams,
        String.format(Locale.ROOT, "%.1f MB/s", moved / ((System.nanoTime() - begun) / 1e9)));
    long wrong = bulk.stream().mapToLong(b -> b.wrong() + b.breaks()).sum();
    stage.check("streams of " + streams + " that broke or were wrong", "0", wrong, wrong == 0);
    for (Bulk each : bulk) each.close();
    return sum;
  }

  private static Tally.Summary calls(Stage stage, OpenLoop.Pair pair, String name) {
    OpenLoop loop = stage.load(new TcpExchange(), List.of(pair), stage.rate() / 5, 1024);
    stage.pass(stage.scaled(Duration.ofSeconds(5), Duration.ofSeconds(60)));
    return stage.finish(loop, name);
  }

  private static OpenLoop.Pair pair(List<OpenLoop.Pair> pairs, String from, String to)
      throws IOException {
    return pairs.stream()
        .filter(p -> p.from().name().equals(from) && p.target().equals(to))
        .findFirst()
        .orElseThrow(() -> new IOException(from + " -> " + to + ": no such pair"));
  }
}
