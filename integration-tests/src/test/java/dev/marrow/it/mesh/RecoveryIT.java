package dev.marrow.it.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@ExtendWith(MeshExtension.class)
class RecoveryIT {
  @ParameterizedTest
  @ValueSource(strings = {"ztunnel/node-1", "node-agent/node-1", "control-plane", "ztunnel/node-2"})
  void aKilledProgramComesBackByItself(String program, LocalMesh mesh) throws Exception {
    long killed = mesh.pid(program);

    ProcessHandle.of(killed).orElseThrow().destroyForcibly();

    Await.until(
        program + " runs again",
        Duration.ofSeconds(30),
        () -> mesh.pid(program) != killed && mesh.json("status").get("ready").asBoolean());
    Await.until(
        "requests pass again",
        Duration.ofSeconds(15),
        () -> mesh.curl("bank/teller", "GET", "http://vault.bank/").equals("200"));
    assertThat(mesh.curl("bank/teller", "GET", "http://vault.bank/")).isEqualTo("200");
  }

  @Test
  void aKilledWaypointComesBackByItself(LocalMesh mesh) throws Exception {
    Shell.Output applied =
        mesh.marrow("waypoint", "apply", "--for-service", "ledger", "-n", "bank");
    assertThat(applied.status()).as(applied.text()).isZero();
    try {
      JsonNode waypoint = waypoint(mesh);
      long killed = waypoint.get("pid").asLong();

      ProcessHandle.of(killed).orElseThrow().destroyForcibly();

      Await.until(
          "the waypoint runs again",
          Duration.ofSeconds(30),
          () ->
              waypoint(mesh).get("pid").asLong() != killed
                  && waypoint(mesh).get("ready").asBoolean());
      Await.until("requests pass again", Duration.ofSeconds(15), () -> ledger(mesh).equals("200"));
    } finally {
      mesh.marrow("waypoint", "delete", "ledger-waypoint", "-n", "bank");
    }
    Await.until("the ledger is reached", Duration.ofSeconds(15), () -> ledger(mesh).equals("200"));
  }

  private static String ledger(LocalMesh mesh) throws Exception {
    return mesh.curl("bank/teller", "GET", "http://ledger.bank/");
  }

  private static JsonNode waypoint(LocalMesh mesh) throws Exception {
    for (JsonNode pod : mesh.json("pods").get("items")) {
      if (pod.get("gateway").asString().equals("ledger-waypoint")) {
        return pod;
      }
    }
    throw new AssertionError("no pod of ledger-waypoint");
  }

  @ParameterizedTest
  @ValueSource(strings = {"supervisor.pid", "guard.pid"})
  void whoKeepsTheMeshRunningComesBackToo(String file, LocalMesh mesh) throws Exception {
    Path pid = mesh.state().resolve(file);
    String killed = Files.readString(pid);

    ProcessHandle.of(Long.parseLong(killed.strip())).orElseThrow().destroyForcibly();

    Await.until("another one", Duration.ofSeconds(20), () -> !Files.readString(pid).equals(killed));
    // Its name server is away as long as it is.
    Await.until(
        "requests pass",
        Duration.ofSeconds(15),
        () -> mesh.curl("bank/teller", "GET", "http://vault.bank/").equals("200"));
  }
}
