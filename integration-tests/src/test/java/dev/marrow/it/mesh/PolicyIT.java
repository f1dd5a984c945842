package dev.marrow.it.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(MeshExtension.class)
class PolicyIT {
  private final LocalMesh mesh;

  PolicyIT(LocalMesh mesh) {
    this.mesh = mesh;
  }

  @Test
  void strictRefusesWhoHasNoIdentity() throws Exception {
    Path file = mesh.config().resolve("strict.yaml");
    try {
      Files.writeString(
          file,
          "apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: strict, namespace: bank}\nspec: {mtls: {mode: STRICT}}\n");

      Await.until(
          "the stranger is refused",
          Duration.ofSeconds(10),
          () -> mesh.curl("street/stranger", "GET", "http://vault.bank/").equals("000"));
      assertThat(mesh.curl("bank/teller", "GET", "http://vault.bank/")).isEqualTo("200");
    } finally {
      Files.deleteIfExists(file);
    }
    Await.until(
        "the stranger is let in again",
        Duration.ofSeconds(10),
        () -> mesh.curl("street/stranger", "GET", "http://vault.bank/").equals("200"));
  }

  @Test
  void aBrokenFileIsReportedByFileAndLineAndChangesNothing() throws Exception {
    Path file = mesh.config().resolve("broken.yaml");
    try {
      Files.writeString(file, "apiVersion: v1\nkind: Service\nmetadata:\n  name: [unclosed\n");

      Await.until(
          "the problem is reported",
          Duration.ofSeconds(10),
          () -> mesh.marrow("status").text().contains("broken.yaml"));
      assertThat(mesh.curl("bank/teller", "GET", "http://vault.bank/")).isEqualTo("200");
    } finally {
      Files.deleteIfExists(file);
    }
    Await.until(
        "the problem is gone",
        Duration.ofSeconds(10),
        () -> !mesh.marrow("status").text().contains("broken.yaml"));
  }

  @Test
  void aPolicyWithAWrongActionIsRefusedByItself() throws Exception {
    Path file = mesh.config().resolve("wrong.yaml");
    try {
      Files.writeString(
          file,
          "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: wrong, namespace: bank}\nspec: {action: PERHAPS}\n");

      Await.until(
          "the policy has a bad status",
          Duration.ofSeconds(10),
          () -> mesh.marrow("status").text().contains("wrong"));
      assertThat(mesh.curl("bank/teller", "GET", "http://vault.bank/")).isEqualTo("200");
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
