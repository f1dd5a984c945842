package dev.marrow.cli.drill.cases;

import dev.marrow.cli.drill.Drill;
import dev.marrow.cli.drill.DrillMesh;
import dev.marrow.cli.drill.Setup;
import dev.marrow.cli.drill.Stage;
import dev.marrow.cli.drill.fault.Policies;
import dev.marrow.cli.drill.fault.Rules;
import dev.marrow.cli.drill.load.EchoServer;
import dev.marrow.cli.local.NodeAdmin;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** A control plane that is away, flaps, talks nonsense, or never stops talking. */
final class ControlDrills {
  private static final Duration LASTING = Duration.ofHours(1);
  private static final Duration LONG = Duration.ofSeconds(30);

  private ControlDrills() {}

  static List<Drill> all() {
    return List.of(
        new Drill(
            "R-08",
            "Control plane away, changed, flapping",
            "xDS unreachable for a while in which a policy changes, then killed every 4 s",
            "0 failed; the last known state is used; the change is in effect within 2 s of its return; nothing twice, no ghosts",
            Setup.usual(),
            ControlDrills::away),
        new Drill(
            "R-09",
            "Storm of changes",
            "thousands of workloads, a hundred changes a second",
            "a policy is in effect within 1 s (p99); 0 failed",
            Setup.usual(),
            StormDrill::run),
        new Drill(
            "R-10",
            "Control plane talks nonsense",
            "xDS sends garbage, an unknown enum, half a delta, and a type nobody asked for",
            "refused with a reason, last good state kept, 0 failed",
            Setup.usual(),
            NonsenseDrill::run),
        new Drill(
            "R-22",
            "Policy flips",
            "a policy that denies one pair is put in and taken out up to a hundred times a second",
            "0 failed among the others; in the end the last version holds; open tunnels of the denied are cut within 2 s",
            Setup.usual(),
            ControlDrills::flips));
  }

  private static void away(Stage stage) throws Exception {
    DrillMesh mesh = stage.mesh();
    UsualLoad load = UsualLoad.start(stage, 100, LASTING);
    EchoServer other =
        stage.keep(EchoServer.start(stage.source("backend-1"), 9100, EchoServer::echo));
    Effect effect = Effect.of(stage, "client-1", "backend-1", 9100);
    stage.check("the pair may call before", "yes", effect.allowed(), effect.allowed());
    try (Rules refused = Rules.refuseControlPlane(mesh)) {
      stage.note("xDS away");
      stage.pass(stage.scaled(Duration.ofSeconds(12), Duration.ofMinutes(30)));
      mesh.write("flip.yaml", denyPort(9100));
      stage.note("changed; %d packets refused so far".formatted(refused.packets("refused")));
      stage.pass(Duration.ofSeconds(2));
      stage.check(
          "the last known state while away", "still allowed", effect.allowed(), effect.allowed());
      DrillMesh.until(
          "the control plane behind the rules", LONG, () -> mesh.program("control-plane").ready());
    }
    double millis = effect.await(false, LONG);
    stage.check(
        "the change is in effect after its return",
        "<= 2 s",
        "%.1f s".formatted(millis / 1000),
        millis <= 2000);
    for (int n = 0; n < stage.scaled(4, 60); n++) {
      mesh.signal("control-plane", "KILL");
      stage.pass(Duration.ofSeconds(4));
    }
    DrillMesh.until(
        "the control plane to be back", LONG, () -> mesh.program("control-plane").ready());
    mesh.write("flip.yaml", "");
    millis = effect.await(true, LONG);
    stage.check(
        "a change after flapping is in effect",
        "<= 2 s",
        "%.1f s".formatted(millis / 1000),
        millis <= 2000);
    checkNoGhosts(stage);
    load.finishWithoutLoss();
    load.checkStreamsUnbroken();
    stage.note("connections at the second port: " + other.accepted());
  }

  /** Denies one pair at one port only, so that the load is not touched. */
  private static String denyPort(int port) {
    return Policies.deny("client-1", "backend-1", port)
        + "    to: [{operation: {ports: [\""
        + port
        + "\"]}}]\n";
  }

  static void checkNoGhosts(Stage stage) throws IOException {
    int pods = stage.mesh().now().pods().size();
    for (int node = 1; node <= 2; node++) {
      Set<String> uids = new HashSet<>();
      int count = 0;
      for (JsonNode workload : NodeAdmin.configDump(stage.mesh().names(), node).path("workloads")) {
        if (workload.path("namespace").asString("").equals(Setup.NAMESPACE)) {
          count++;
          uids.add(workload.path("uid").asString(""));
        }
      }
      stage.check(
          "workloads known on node-" + node,
          String.valueOf(pods),
          count,
          count == pods && uids.size() == pods);
    }
  }

  private static void flips(Stage stage) throws Exception {
    DrillMesh mesh = stage.mesh();
    UsualLoad load = UsualLoad.start(stage, 100, LASTING);
    EchoServer other =
        stage.keep(EchoServer.start(stage.source("backend-1"), 9100, EchoServer::echo));
    Effect effect = Effect.of(stage, "client-1", "backend-1", 9100);
    int flips = stage.scaled(1000, 10_000);
    long due = System.nanoTime();
    for (int n = 1; n <= flips; n++) {
      mesh.write("flip.yaml", n % 2 == 0 ? "" : denyPort(9100));
      due += 10_000_000;
      while (System.nanoTime() < due)
        java.util.concurrent.locks.LockSupport.parkNanos(due - System.nanoTime());
    }
    stage.figure("flips", "%d in %.1f s".formatted(flips, flips * 0.01));
    double millis = effect.await(true, LONG);
    stage.check(
        "the last version (allowed) holds after",
        "<= 2 s",
        "%.0f ms".formatted(millis),
        millis <= 2000);
    List<Double> cuts = new ArrayList<>();
    for (int n = 0; n < stage.scaled(5, 20); n++) {
      cuts.add(cut(stage, effect));
    }
    Collections.sort(cuts);
    stage.check(
        "open tunnel of the denied is cut after",
        "<= 2 s, each of " + cuts.size(),
        "%.0f ms at worst".formatted(cuts.getLast()),
        cuts.getLast() <= 2000);
    long accepted = other.accepted();
    boolean denied = !effect.allowed();
    stage.check(
        "denied calls that reach the app",
        "0",
        other.accepted() - accepted,
        denied && other.accepted() == accepted);
    load.finishWithoutLoss();
    load.checkStreamsUnbroken();
  }

  /** Milliseconds from the policy to the end of a tunnel that is open; leaves the pair denied. */
  private static double cut(Stage stage, Effect effect) throws Exception {
    stage.mesh().write("flip.yaml", "");
    effect.await(true, LONG);
    var address = Stage.at(stage.mesh().pod("backend-1").addresses().getFirst(), 9100);
    try (var socket = stage.source("client-1").connect(address, Duration.ofSeconds(10))) {
      socket.getOutputStream().write('?');
      socket.getInputStream().read();
      stage.mesh().write("flip.yaml", denyPort(9100));
      long begun = System.nanoTime();
      try {
        socket.getInputStream().read();
      } catch (java.net.SocketTimeoutException e) {
        return 10_000;
      } catch (IOException e) {
        // Reset: that is what should happen.
      }
      return (System.nanoTime() - begun) / 1e6;
    }
  }
}
