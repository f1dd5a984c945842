package dev.marrow.cli.drill.cases;

import dev.marrow.cli.drill.Drill;
import dev.marrow.cli.drill.DrillMesh;
import dev.marrow.cli.drill.Setup;
import dev.marrow.cli.drill.Stage;
import dev.marrow.cli.drill.fault.Rules;
import dev.marrow.cli.drill.load.Tally;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** A long time, and one death after the other. */
final class EnduranceDrills {
  private static final Duration LASTING = Duration.ofHours(1);
  private static final List<String> PROGRAMS =
      List.of(
          "ztunnel/node-1",
          "ztunnel/node-2",
          "control-plane",
          "node-agent/node-1",
          "node-agent/node-2");

  private EnduranceDrills() {}

  static List<Drill> all() {
    return List.of(
        new Drill(
            "R-23",
            "A long time under load",
            "load, certificates renewed every 15 s, policies that change; two hours in a whole run",
            "0 failed; memory, descriptors and threads do not grow",
            Setup.usual().with("ztunnel", "SECRET_TTL", "30s"),
            EnduranceDrills::soak),
        new Drill(
            "R-24",
            "Killed at random",
            "kill -9 of node proxies, node agents and the control plane, one after the other, at random",
            "no byte wrong, no plaintext on the wire, every program back and tunnels again within 5 s",
            Setup.usual(),
            EnduranceDrills::crashes));
  }

  /** What a process holds. */
  private record Held(long kilobytes, long descriptors, long threads) {
    static Held by(long pid) throws IOException {
      return new Held(DrillMesh.resident(pid) / 1024, DrillMesh.descriptors(pid), threads(pid));
    }

    private static long threads(long pid) throws IOException {
      try (var tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
        return tasks.count();
      }
    }
  }

  private static void soak(Stage stage) throws Exception {
    DrillMesh mesh = stage.mesh();
    UsualLoad load = UsualLoad.start(stage, 100, LASTING);
    Duration whole = stage.scaled(Duration.ofSeconds(30), Duration.ofHours(2));
    stage.pass(whole.dividedBy(3));
    long pid = mesh.program("ztunnel/node-1").pid();
    Held before = Held.by(pid);
    long end = System.nanoTime() + whole.multipliedBy(2).dividedBy(3).toNanos();
    for (int n = 0; System.nanoTime() < end; n++) {
      mesh.write("flip.yaml", dev.marrow.cli.drill.fault.Policies.denyNobody("backend-1", n));
      stage.pass(Duration.ofSeconds(1));
    }
    Held after = Held.by(pid);
    load.finishWithoutLoss();
    load.checkStreamsUnbroken();
    double hours = whole.multipliedBy(2).dividedBy(3).toMillis() / 3.6e6;
    double slope = (after.kilobytes() - before.kilobytes()) / 1024.0 / hours;
    long grown = (after.kilobytes() - before.kilobytes()) / 1024;
    stage.figure(
        "memory of a node proxy",
        "%d MB, then %d MB".formatted(before.kilobytes() / 1024, after.kilobytes() / 1024));
    if (hours >= 1) {
      stage.check(
          "growth of memory",
          "< 1 MB/h",
          String.format(Locale.ROOT, "%.2f MB/h", slope),
          slope < 1);
    } else {
      stage.check("growth of memory", "<= 24 MB in a short run", grown + " MB", grown <= 24);
    }
    // Connections under way come and go; a leak would be one of each renewal or change.
    stage.check(
        "descriptors",
        "no more than a fifth more",
        before.descriptors() + ", then " + after.descriptors(),
        after.descriptors() <= before.descriptors() * 1.2 + 20);
    stage.check(
        "threads",
        "the same, give or take 4",
        before.threads() + ", then " + after.threads(),
        Math.abs(after.threads() - before.threads()) <= 4);
  }

  private static void crashes(Stage stage) throws Exception {
    DrillMesh mesh = stage.mesh();
    List<Rules> plain =
        List.of(
            stage.keep(Rules.countPlaintext(mesh, 1)), stage.keep(Rules.countPlaintext(mesh, 2)));
    UsualLoad load = UsualLoad.start(stage, 100, LASTING);
    SplittableRandom random = new SplittableRandom(24);
    List<Double> back = new ArrayList<>();
    int deaths = stage.scaled(6, 150);
    for (int n = 0; n < deaths; n++) {
      String program = PROGRAMS.get(random.nextInt(PROGRAMS.size()));
      long before = mesh.program(program).pid();
      stage.note("killing " + program + " (" + before + ")");
      DrillMesh.signal(before, "KILL");
      long died = System.nanoTime();
      mesh.awaitSuccessor(program, before, Duration.ofSeconds(30));
      Effect.of(stage, "client-1", "backend-1", 9000).await(true, Duration.ofSeconds(30));
      back.add((System.nanoTime() - died) / 1e9);
      stage.pass(Duration.ofMillis(2000 + random.nextInt(4000)));
    }
    double worst = back.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    stage.check(
        "back and tunnels again",
        "<= 5 s, each of " + deaths,
        "%.1f s at worst".formatted(worst),
        worst <= 5);
    Tally.Summary sum = load.finish();
    stage.figure("new tunnels that failed meanwhile", Stage.missing(sum) + " of " + sum.sent());
    long left = plain.get(0).packets("plain") + plain.get(1).packets("plain");
    stage.check("packets that left as plaintext", "0", left, left == 0);
  }
}
