package dev.marrow.cli.drill.cases;

import dev.marrow.cli.drill.DrillMesh;
import dev.marrow.cli.drill.Stage;
import dev.marrow.cli.drill.load.Bulk;
import dev.marrow.cli.drill.load.EchoServer;
import dev.marrow.cli.drill.load.LongStreams;
import dev.marrow.cli.drill.load.OpenLoop;
import dev.marrow.cli.drill.load.Tally;
import dev.marrow.cli.drill.load.TcpExchange;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * The load most drills run under: new tunnels with an echo of 4 KiB each, streams that stay, and
 * two that are always full. Confined to the drill's thread.
 */
final class UsualLoad {
  private static final int ECHO_BYTES = 4096;
  private static final double BULK_MEGABYTES = 2;
  private static final double BUSY_MILLIS = 2000;

  private final Stage stage;
  private final OpenLoop tunnels;
  private final LongStreams streams;
  private final List<Bulk> bulk;
  private Map<String, Double> cpuBefore = Map.of();
  private long since;

  private UsualLoad(Stage stage, OpenLoop tunnels, LongStreams streams, List<Bulk> bulk) {
    this.stage = stage;
    this.tunnels = tunnels;
    this.streams = streams;
    this.bulk = bulk;
  }

  /** Starts and waits until the first hundreds of tunnels have carried bytes. */
  static UsualLoad start(Stage stage) throws Exception {
    return start(stage, 100, Duration.ofHours(1));
  }

  /**
   * The same with other numbers.
   *
   * @param life of each stream; short ones end in order and are opened anew
   */
  static UsualLoad start(Stage stage, int streams, Duration life) throws Exception {
    stage.serve(EchoServer.TCP, EchoServer::echo);
    List<OpenLoop.Pair> pairs = stage.pairs(EchoServer.TCP);
    stage.awaitAnswers(pairs);
    warm(stage, pairs);
    UsualLoad load =
        new UsualLoad(
            stage,
            stage.load(new TcpExchange(), pairs, stage.rate(), ECHO_BYTES),
            stage.keep(LongStreams.start(pairs, streams, Duration.ofSeconds(1), life)),
            List.of(
                stage.keep(Bulk.start(pairs.getFirst(), BULK_MEGABYTES)),
                stage.keep(Bulk.start(pairs.getLast(), BULK_MEGABYTES))));
    stage.pass(Duration.ofSeconds(2));
    load.checkCalm();
    load.cpuBefore = load.cpu();
    load.since = System.nanoTime();
    return load;
  }

  /** What fails on a machine that cannot even carry the load says nothing about the fault. */
  private void checkCalm() throws IOException {
    Tally.Summary before = tunnels.tally().summary();
    stage.figure(
        "before the fault",
        "p50 %.1f ms, p99 %.1f ms".formatted(before.p50Millis(), before.p99Millis()));
    if (before.answered() == 0 || before.p99Millis() > BUSY_MILLIS) {
      throw new Stage.Unfit(
          "the machine is too busy for %.0f requests/s: p99 is %.0f ms before any fault (--rate asks for fewer)"
              .formatted(stage.rate(), before.p99Millis()));
    }
    stage.note("load runs");
  }

  /** What is compiled and loaded only now would look like the fault's doing. */
  private static void warm(Stage stage, List<OpenLoop.Pair> pairs) throws Exception {
    OpenLoop first = stage.load(new TcpExchange(), pairs, stage.rate() / 2, 512);
    stage.pass(Duration.ofSeconds(3));
    first.close();
    Tally.Summary sum = first.tally().summary();
    if (sum.answered() == 0) {
      throw new IOException("nothing passes: " + sum.failures().getFirst());
    }
    stage.note("warm: %d of %d tunnels".formatted(sum.answered(), sum.sent()));
  }

  /** Seconds of processor time so far, by process: this one, and those that serve now. */
  private Map<String, Double> cpu() throws IOException {
    Map<String, Double> all = new TreeMap<>();
    all.put("the drill itself", DrillMesh.cpuSeconds(ProcessHandle.current().pid()));
    for (var program : stage.mesh().now().programs()) {
      if (DrillMesh.alive(program.pid())) {
        all.put(program.name() + " " + program.pid(), DrillMesh.cpuSeconds(program.pid()));
      }
    }
    return all;
  }

  private void figureCpu() throws IOException {
    double seconds = (System.nanoTime() - since) / 1e9;
    StringJoiner text = new StringJoiner(", ");
    cpu()
        .forEach((name, used) ->
            text.add(
                String.format(
                    Locale.ROOT,
                    "%s %.2f",
                    name.replaceAll(" [0-9]+$", ""),
                    (used - cpuBefore.getOrDefault(name, 0.0)) / seconds)));
    stage.figure("cores used", text.toString());
  }

  OpenLoop tunnels() {
    return tunnels;
  }

  LongStreams streams() {
    return streams;
  }

  /** Ends the load; no new tunnel may have failed, and nothing may have been wrong. */
  Tally.Summary finish() throws IOException {
    figureCpu();
    Tally.Summary sum = stage.finish(tunnels, "new tunnels");
    streams.close();
    LongStreams.Ends ends = streams.ends();
    stage.figure(
        "streams",
        "%d messages, %d closed in order, %d reset, %d refused, %d late"
            .formatted(
                ends.messages(), streams.whole(), ends.reset(), ends.refused(), ends.late()));
    ends.told().forEach(stage::note);
    double megabytes = 0;
    long breaks = 0;
    long wrong = 0;
    for (Bulk each : bulk) {
      each.close();
      megabytes += each.megabytes();
      breaks += each.breaks();
      wrong += each.wrong();
    }
    stage.figure("bulk", "%.0f MB, broke off %d times".formatted(megabytes, breaks));
    stage.check(
        "bytes that are not what was sent",
        "0",
        sum.wrong() + ends.wrong() + wrong,
        sum.wrong() + ends.wrong() + wrong == 0);
    return sum;
  }

  /** {@link #finish} where every new tunnel must have worked. */
  void finishWithoutLoss() throws IOException {
    stage.checkNoneFailed("new tunnels", finish());
  }

  /** Whether streams and bulk lived through it all. */
  void checkStreamsUnbroken() {
    long broken = streams.ends().broken();
    long breaks = bulk.stream().mapToLong(Bulk::breaks).sum();
    stage.check("streams and bulk that broke", "0", broken + breaks, broken + breaks == 0);
  }
}
