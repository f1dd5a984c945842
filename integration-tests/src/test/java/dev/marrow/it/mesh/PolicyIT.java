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
  void aRuleWithoutConditionsIsAboutEverybody() throws Exception {
    Path file = mesh.config().resolve("everybody.yaml");
    try {
      Files.writeString(file, ledger("deny", "DENY", "rules: [{}]"));
      awaitLedger("000");
      Files.writeString(file, ledger("allow", "ALLOW", "rules: [{}]"));
      awaitLedger("200");
      Files.writeString(file, ledger("allow", "ALLOW", ""));
      awaitLedger("000");
    } finally {
      Files.deleteIfExists(file);
    }
    awaitLedger("200");
  }

  private void awaitLedger(String answer) throws Exception {
    Await.until(
        "the ledger answers " + answer,
        Duration.ofSeconds(10),
        () -> mesh.curl("bank/teller", "GET", "http://ledger.bank/").equals(answer));
  }

  private static String ledger(String name, String action, String rules) {
    return """
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata: {name: %s, namespace: bank}
    spec:
      selector: {matchLabels: {app: ledger}}
      action: %s
      %s
    """
        .formatted(name, action, rules);
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
}
