package dev.marrow.cli.drill.cases;

import dev.marrow.cli.drill.Drill;
import dev.marrow.cli.drill.DrillMesh;
import dev.marrow.cli.drill.Setup;
import dev.marrow.cli.drill.Stage;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.TrustDomain;
import dev.marrow.identity.authority.Authority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Certificates that change, roots that change, and nobody there to sign. */
final class IdentityDrills {
  private static final Duration LASTING = Duration.ofHours(1);
  private static final int NODES = 2;

  private IdentityDrills() {}

  static List<Drill> all() {
    return List.of(
        new Drill(
            "R-05",
            "Certificates renewed every 5 s",
            "all certificates live for 10 s and are renewed at half of it",
            "0 failed new tunnels, 0 streams that break, memory flat",
            Setup.usual().with("ztunnel", "SECRET_TTL", "10s"),
            IdentityDrills::rotation),
        new Drill(
            "R-06",
            "Root added, switched, dropped",
            "a second root is added, then it signs, then the first is dropped",
            "0 failed new tunnels; the old root is refused within 2 s after it was dropped",
            Setup.usual(),
            IdentityDrills::roots),
        new Drill(
            "R-07",
            "Authority away, hanging, refusing",
            "the certificate service is unreachable, then accepts and says nothing, then refuses every token",
            "0 failed while certificates are valid; at most one attempt per identity and second; renewed within 5 s after its return",
            Setup.usual().with("ztunnel", "SECRET_TTL", "30s"),
            AuthorityDrill::run));
  }

  private static void rotation(Stage stage) throws Exception {
    UsualLoad load = UsualLoad.start(stage, 100, LASTING);
    DrillMesh mesh = stage.mesh();
    long proxy = mesh.program("ztunnel/node-1").pid();
    long before = DrillMesh.resident(proxy);
    Set<String> seen = new HashSet<>();
    long end =
        System.nanoTime() + stage.scaled(Duration.ofSeconds(20), Duration.ofMinutes(10)).toNanos();
    while (System.nanoTime() < end) {
      seen.addAll(Certificates.serials(mesh, NODES));
      stage.pass(Duration.ofSeconds(1));
    }
    long after = DrillMesh.resident(proxy);
    load.finishWithoutLoss();
    load.checkStreamsUnbroken();
    stage.figure("certificates seen in use", String.valueOf(seen.size()));
    int identities = mesh.now().pods().size();
    stage.check(
        "renewals per identity", ">= 3", seen.size() / identities, seen.size() >= 3 * identities);
    stage.figure(
        "memory of a node proxy", "%d MB before, %d MB after".formatted(before >> 20, after >> 20));
    stage.check(
        "growth of a node proxy's memory",
        "<= 48 MB",
        ((after - before) >> 20) + " MB",
        after - before <= 48L << 20);
  }

  private static void roots(Stage stage) throws Exception {
    DrillMesh mesh = stage.mesh();
    UsualLoad load = UsualLoad.start(stage, 100, LASTING);
    Authority authority =
        Authority.open(
            mesh.state().authority(), TrustDomain.parse("cluster.local"), Clock.systemUTC());
    String old = authority.activeRoot();
    Stranger bearer =
        Stranger.signedBy(authority, SpiffeId.parse("spiffe://cluster.local/ns/drill/sa/client-1"));
    Stranger.Door door = stage.keep(Stranger.Door.of(mesh, "backend-1"));
    stage.check(
        "a certificate of the old root before",
        "accepted",
        bearer.tries(door),
        bearer.tries(door).equals("accepted"));
    String next = authority.addRoot();
    stage.note("added root " + next);
    DrillMesh.until(
        "everybody to trust both",
        Duration.ofSeconds(60),
        () -> Certificates.rootCounts(mesh, NODES).equals(Set.of(2)));
    stage.pass(Duration.ofSeconds(2));
    Set<String> before = Certificates.serials(mesh, NODES);
    authority.switchRoot(next);
    stage.note("switched");
    renewed(stage, before);
    stage.pass(Duration.ofSeconds(2));
    authority.dropRoot(old);
    stage.note("dropped root " + old);
    long dropped = System.nanoTime();
    DrillMesh.until(
        "the old root to be refused",
        Duration.ofSeconds(60),
        () -> bearer.tries(door).startsWith("refused"));
    double seconds = (System.nanoTime() - dropped) / 1e9;
    stage.check(
        "a certificate of the old root after",
        "refused within 2 s",
        "refused after %.1f s".formatted(seconds),
        seconds <= 2);
    stage.pass(Duration.ofSeconds(3));
    load.finishWithoutLoss();
    load.checkStreamsUnbroken();
  }

  /** After a switch the certificates of the old root are replaced by asking for it. */
  private static void renewed(Stage stage, Set<String> before) throws Exception {
    DrillMesh mesh = stage.mesh();
    // The control plane follows within a moment; until then it signs as before.
    stage.pass(Duration.ofSeconds(1));
    Path file = mesh.state().rootCertificate();
    // The set of roots is the same, so nobody renews by himself before half of a certificate's
    // life;
    // an operator who cannot wait touches the root file.
    Files.writeString(file, Files.readString(file) + "\n");
    DrillMesh.until(
        "all certificates to be of the new root",
        Duration.ofSeconds(60),
        () -> {
          Set<String> now = new HashSet<>(Certificates.serials(mesh, NODES));
          now.retainAll(before);
          return now.isEmpty();
        });
    stage.note("all renewed");
  }
}
