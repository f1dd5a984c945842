package dev.marrow.cli.drill.cases;

import dev.marrow.cli.drill.Drill;
import dev.marrow.cli.drill.DrillMesh;
import dev.marrow.cli.drill.Setup;
import dev.marrow.cli.drill.Stage;
import dev.marrow.cli.drill.load.EchoServer;
import dev.marrow.cli.drill.load.OpenLoop;
import dev.marrow.cli.drill.load.TcpExchange;
import dev.marrow.cli.local.network.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Machines whose clock is wrong or whose disk is full. */
final class MachineDrills {
  private static final Duration QUIET = Duration.ofSeconds(6);
  private static final List<Path> FAKETIME =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
          Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"));
  private static final Path CLOCK = Path.of("/run/marrow-drill-clock");

  private MachineDrills() {}

  static List<Drill> all() {
    return List.of(
        new Drill(
            "R-19",
            "Wrong clock",
            "the node proxy's clock jumps by 4 s to and fro all the time, then is 8 days ahead,"
                + " then a day behind, then right",
            "jumps: 0 failed; a jump: no busy loop; right again: works within 5 s without a"
                + " restart",
            Setup.usual()
                .with("ztunnel", "LD_PRELOAD", library())
                .with("ztunnel", "FAKETIME_TIMESTAMP_FILE", CLOCK.toString())
                .with("ztunnel", "FAKETIME_CACHE_DURATION", "1")
                .with("ztunnel", "FAKETIME_DONT_FAKE_MONOTONIC", "1")
                // Else the library takes each timed wait, which a JVM counts on the monotonic
                // clock, for one that is over: 50,000 wake-ups a second of any sleeping thread.
                .with("ztunnel", "FAKETIME_FORCE_MONOTONIC_FIX", "0"),
            MachineDrills::clock),
        new Drill(
            "R-21",
            "Disk full, log stuck",
            "the node proxy's log goes to a full disk, then to a pipe that nobody reads",
            "0 failed: the data path does not wait for the log",
            Setup.usual(),
            MachineDrills::disk));
  }

  private static String library() {
    return FAKETIME.stream().filter(Files::exists).findFirst().map(Path::toString).orElse("");
  }

  private static void clock(Stage stage) throws Exception {
    if (library().isEmpty()) stage.impossible("needs libfaketime (Debian: faketime)");
    DrillMesh mesh = stage.mesh();
    try {
      set("+0");
      stage.serve(EchoServer.TCP, EchoServer::echo);
      List<OpenLoop.Pair> pairs = stage.pairs(EchoServer.TCP);
      stage.awaitAnswers(pairs);
      // Each look at a clock goes through the library, which costs more than a tunnel.
      OpenLoop load = stage.load(new TcpExchange(), pairs, stage.rate() / 10, 1024);
      stage.pass(Duration.ofSeconds(3));
      // The library looks at the file once a second; at every call it would slow the proxy down.
      for (int n = 0; n < stage.scaled(6, 60); n++) {
        set(n % 2 == 0 ? "+2" : "-2");
        stage.pass(Duration.ofMillis(1200));
      }
      set("+0");
      stage.pass(Duration.ofSeconds(2));
      stage.checkNoneFailed("new tunnels", stage.finish(load, "new tunnels"));
      double idle = share(mesh);
      for (String jump : List.of("+8d", "-1d")) {
        jump(stage, mesh, jump, Math.max(0.25, idle + 0.1));
      }
    } finally {
      Files.deleteIfExists(CLOCK);
    }
  }

  /** Cores that the first node's proxy uses when nobody calls. */
  private static double share(DrillMesh mesh) throws IOException {
    long proxy = mesh.program("ztunnel/node-1").pid();
    double before = DrillMesh.cpuSeconds(proxy);
    java.util.concurrent.locks.LockSupport.parkNanos(QUIET.toNanos());
    return (DrillMesh.cpuSeconds(proxy) - before) / QUIET.toSeconds();
  }

  private static void jump(Stage stage, DrillMesh mesh, String by, double most) throws Exception {
    long proxy = mesh.program("ztunnel/node-1").pid();
    set(by);
    stage.note("clock " + by);
    double share = share(mesh);
    stage.check(
        "processor time at " + by,
        "<= %.2f of a core".formatted(most),
        "%.2f".formatted(share),
        share <= most);
    set("+0");
    Effect effect = Effect.of(stage, "client-1", "backend-1", EchoServer.TCP);
    double millis = effect.await(true, Duration.ofSeconds(30));
    stage.check(
        "works after " + by + " is put right",
        "<= 5 s",
        "%.1f s".formatted(millis / 1000),
        millis <= 5000);
    stage.check(
        "the same process serves after " + by,
        "process " + proxy,
        mesh.program("ztunnel/node-1").pid(),
        mesh.program("ztunnel/node-1").pid() == proxy);
  }

  private static void set(String offset) throws IOException {
    Path next =
        Files.writeString(CLOCK.resolveSibling(CLOCK.getFileName() + ".next"), offset + "\n");
    Files.move(next, CLOCK, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  private static void disk(Stage stage) throws Exception {
    DrillMesh mesh = stage.mesh();
    UsualLoad load = UsualLoad.start(stage, 50, Duration.ofSeconds(2));
    Path log = mesh.state().logs().resolve("ztunnel.node-1.log");
    for (String place : List.of("/dev/full", "a pipe")) {
      Files.deleteIfExists(log);
      if (place.startsWith("/")) {
        Files.createSymbolicLink(log, Path.of(place));
      } else {
        // Opened for both, so that the proxy's own open does not wait; filled by the proxy itself.
        Shell.run("mkfifo " + log + "\n");
        stage.keep(new java.io.RandomAccessFile(log.toFile(), "rw"));
      }
      mesh.handOver("ztunnel/node-1", Duration.ofSeconds(40));
      stage.note("logs go to " + place);
      stage.pass(stage.scaled(Duration.ofSeconds(6), Duration.ofMinutes(2)));
    }
    double dropped = mesh.metric(mesh.names().node(1), "marrow_log_dropped_total");
    stage.figure("log lines dropped and counted", "%.0f".formatted(dropped));
    load.finishWithoutLoss();
    long broken = load.streams().ends().broken();
    stage.check("streams of 2 s that broke", "0", broken, broken == 0);
    Files.deleteIfExists(log);
  }
}
