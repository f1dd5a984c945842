package dev.marrow.cli.drill.cases;

import dev.marrow.cli.drill.DrillMesh;
import dev.marrow.cli.drill.Stage;
import dev.marrow.cli.drill.fault.Rules;
import dev.marrow.cli.local.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * nobody signs, in three ways, each around the moment when certificates are to be renewed.
 */
final class AuthorityDrill {
  private static final int NODES = 2;
  // Certificates live for 30 s and are renewed at 15: whatever their age at the beginning, most
  // come due within, and none ends.
  private static final Duration OUTAGE = Duration.ofSeconds(12);

  private AuthorityDrill() {}

  /** One way of not signing; undone when closed. */
  private interface Outage {
    AutoCloseable begin(DrillMesh mesh) throws Exception;
  }

  static void run(Stage stage) throws Exception {
    UsualLoad load = UsualLoad.start(stage, 100, Duration.ofHours(1));
    DrillMesh mesh = stage.mesh();
    phase(stage, "unreachable", Rules::refuseControlPlane);
    phase(stage, "hanging", AuthorityDrill::hang);
    double before = mesh.metric(mesh.names().controlPlane(), "marrow_refusals_total");
    phase(stage, "refusing", AuthorityDrill::refuse);
    double refusals = mesh.metric(mesh.names().controlPlane(), "marrow_refusals_total") - before;
    double each = refusals / mesh.now().pods().size() / OUTAGE.toSeconds();
    stage.check(
        "attempts per identity and second while refused",
        "<= 1",
        "%.2f".formatted(each),
        each <= 1);
    load.finishWithoutLoss();
    load.checkStreamsUnbroken();
  }

  private static void phase(Stage stage, String name, Outage outage) throws Exception {
    DrillMesh mesh = stage.mesh();
    Set<String> before = Certificates.serials(mesh, NODES);
    try (AutoCloseable ignored = outage.begin(mesh)) {
      stage.note("authority " + name);
      stage.pass(OUTAGE);
    }
    DrillMesh.until(
        "the control plane to run",
        Duration.ofSeconds(20),
        () -> mesh.program("control-plane").ready());
    stage.note("authority back");
    long back = System.nanoTime();
    // Most were due; those that are renewed at the end were due later.
    DrillMesh.until(
        "certificates to be renewed after " + name,
        Duration.ofSeconds(40),
        () -> left(mesh, before) <= before.size() / 2);
    double seconds = (System.nanoTime() - back) / 1e9;
    stage.check(
        "half of the renewals after " + name, "<= 5 s", "%.1f s".formatted(seconds), seconds <= 5);
    DrillMesh.until("the others", Duration.ofSeconds(40), () -> left(mesh, before) == 0);
  }

  private static int left(DrillMesh mesh, Set<String> before) throws IOException {
    Set<String> now = new HashSet<>(Certificates.serials(mesh, NODES));
    now.retainAll(before);
    return now.size();
  }

  private static AutoCloseable hang(DrillMesh mesh) throws Exception {
    mesh.signal("control-plane", "STOP");
    return () -> mesh.signal("control-plane", "CONT");
  }

  /** Tokens are signed by a key that the authority is not told of. */
  private static AutoCloseable refuse(DrillMesh mesh) throws Exception {
    Path keys = mesh.state().tokens().resolve("jwks.json");
    String right = Files.readString(keys);
    StateDirectory.write(keys, "{\"keys\": []}");
    return () -> StateDirectory.write(keys, right);
  }
}
