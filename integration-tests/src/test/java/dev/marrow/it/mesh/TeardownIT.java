package dev.marrow.it.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A mesh of its own, because it ends it. */
@ExtendWith(MeshExtension.class)
class TeardownIT {
  @Test
  void downLeavesNothingBehindAlsoAfterItsSupervisorWasKilled() throws Exception {
    LocalMesh mesh = LocalMesh.up("mitdown", LocalMesh.objects());
    try {
      assertThat(mesh.marrow("up", "--detach").status()).as("a second up").isNotZero();
      for (var program : mesh.json("status").get("items")) {
        ProcessHandle.of(program.get("pid").asLong()).ifPresent(ProcessHandle::destroyForcibly);
      }
    } finally {
      mesh.close();
    }

    assertThat(output("ip", "netns", "list")).doesNotContain("mitdown");
    assertThat(output("ps", "-eo", "args")).doesNotContain("/run/mitdown");
    assertThat(Files.readString(Path.of("/proc/mounts"))).doesNotContain("mitdown");
    assertThat(Path.of("/run/mitdown")).doesNotExist();
  }

  private static String output(String... command) throws Exception {
    return Shell.run(Map.of(), Duration.ofSeconds(10), List.of(command)).text();
  }
}
