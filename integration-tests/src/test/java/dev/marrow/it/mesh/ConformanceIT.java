package dev.marrow.it.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The kit without an endpoint: it finds the mesh that runs, and the way back to it. */
@ExtendWith(MeshExtension.class)
class ConformanceIT {
  @Test
  void withoutAnEndpointTheMeshThatRunsIsJudged(LocalMesh mesh, @TempDir Path folder)
      throws Exception {
    Path out = folder.resolve("report");

    // CRT-02 needs an authority that may sign others.
    Shell.Output run =
        mesh.marrow(
            "conformance",
            "run",
            "--only",
            "TLS-01,CRT-02,CRT-05,CON-09",
            "--gate",
            "must",
            "--out",
            out.toString());
    Shell.Output again = mesh.marrow("conformance", "replay", "crt-05", "--from", out.toString());

    assertThat(run.status()).as(run.text()).isZero();
    assertThat(run.text()).contains("judging the node proxy of node-").containsPattern("PASS +4");
    assertThat(Files.readString(out.resolve("evidence/CRT-05.txt")))
        .contains("replay: conformance run --only CRT-05 --seed 1");
    assertThat(again.status()).as(again.text()).isZero();
    assertThat(again.text()).contains("judging the node proxy of node-").containsPattern("PASS +1");
  }

  @Test
  void theFirstAnswerComesWithinTenSeconds(LocalMesh mesh) throws Exception {
    long start = System.nanoTime();

    Shell.Output quick = mesh.marrow("conformance", "run", "--quick", "--gate", "must");

    assertThat(quick.status()).as(quick.text()).isZero();
    assertThat(quick.text()).contains("conformant");
    assertThat((System.nanoTime() - start) / 1_000_000_000L).isLessThan(10);
  }

  @Test
  void aWaypointOfTheMeshIsNotTakenForOneOfTheKit(LocalMesh mesh) throws Exception {
    Shell.Output refused = mesh.marrow("conformance", "run", "--profile", "waypoint");

    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.text()).contains("--self --profile waypoint");
  }
}
