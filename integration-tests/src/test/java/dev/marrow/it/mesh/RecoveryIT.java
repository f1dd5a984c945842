package dev.marrow.it.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
}
