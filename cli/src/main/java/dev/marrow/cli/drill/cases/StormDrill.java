package dev.marrow.cli.drill.cases;

import dev.marrow.cli.drill.DrillMesh;
import dev.marrow.cli.drill.Stage;
import dev.marrow.cli.drill.fault.Policies;
import dev.marrow.cli.drill.load.EchoServer;
import dev.marrow.cli.local.NodeAdmin;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** many workloads of which some change all the time, and one policy that matters. */
final class StormDrill {
  private static final int PER_FILE = 20;
  private static final Duration LONG = Duration.ofSeconds(30);

  private StormDrill() {}

  static void run(Stage stage) throws Exception {
    DrillMesh mesh = stage.mesh();
    UsualLoad load = UsualLoad.start(stage, 100, Duration.ofHours(1));
    EchoServer app =
        stage.keep(EchoServer.start(stage.source("backend-1"), 9100, EchoServer::echo));
    Effect effect = Effect.of(stage, "client-1", "backend-1", 9100);
    int files = stage.scaled(2000, 10_000) / PER_FILE;
    long begun = System.nanoTime();
    for (int file = 0; file < files; file++) mesh.write(name(file), entries(file, 0));
    DrillMesh.until(
        "all workloads to be known", Duration.ofMinutes(2), () -> known(mesh) >= files * PER_FILE);
    stage.figure(
        "workloads",
        "%d, known after %.1f s".formatted(files * PER_FILE, (System.nanoTime() - begun) / 1e9));
    List<Double> effects = new ArrayList<>();
    AtomicLong changes = new AtomicLong();
    Thread storm =
        Thread.ofPlatform().daemon().name("storm").start(() -> storm(mesh, files, changes));
    try {
      for (int n = 0; n < stage.scaled(10, 100); n++) {
        boolean deny = n % 2 == 0;
        mesh.write(
            "flip.yaml",
            deny
                ? Policies.deny("client-1", "backend-1", n)
                    + "    to: [{operation: {ports: [\"9100\"]}}]\n"
                : "");
        effects.add(effect.await(!deny, LONG));
        stage.pass(Duration.ofMillis(500));
      }
    } finally {
      storm.interrupt();
      storm.join();
    }
    Collections.sort(effects);
    stage.figure("changes of workloads", String.valueOf(changes.get()));
    double worst = effects.getLast();
    stage.check(
        "a policy is in effect after",
        "<= 1 s",
        "%.0f ms at the median, %.0f ms at worst of %d"
            .formatted(effects.get(effects.size() / 2), worst, effects.size()),
        worst <= 1000);
    stage.note("connections at the second port: " + app.accepted());
    load.finishWithoutLoss();
  }

  /** A hundred a second: five files of twenty entries each. */
  private static void storm(DrillMesh mesh, int files, AtomicLong changes) {
    long due = System.nanoTime();
    for (int n = 1; !Thread.currentThread().isInterrupted(); n++) {
      try {
        mesh.write(name(n % files), entries(n % files, n));
      } catch (IOException e) {
        return;
      }
      changes.addAndGet(PER_FILE);
      due += 200_000_000;
      LockSupport.parkNanos(due - System.nanoTime());
    }
  }

  private static long known(DrillMesh mesh) throws IOException {
    long count = 0;
    for (var workload : NodeAdmin.configDump(mesh.names(), 1).path("workloads")) {
      if (workload.path("name").asString("").startsWith("storm-")) count++;
    }
    return count;
  }

  private static String name(int file) {
    return "storm-" + file + ".yaml";
  }

  private static String entries(int file, int version) {
    StringBuilder text = new StringBuilder();
    for (int n = 0; n < PER_FILE; n++) {
      int number = file * PER_FILE + n;
      text.append(
          """
          ---
          apiVersion: networking.istio.io/v1
          kind: WorkloadEntry
          metadata: {name: storm-%d, namespace: drill, labels: {version: "v%d"}}
          spec: {address: 198.18.%d.%d, serviceAccount: storm, labels: {version: "v%d"}}
          """
              .formatted(number, version, 100 + number / 250, number % 250 + 1, version));
    }
    return text.toString();
  }
}
