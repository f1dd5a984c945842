package dev.marrow.it.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(MeshExtension.class)
class WaypointIT {
  private static final String READ_ONLY =
      """
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata:
        name: ledger-read-only
        namespace: bank
      spec:
        targetRefs:
        - group: ""
          kind: Service
          name: ledger
        action: ALLOW
        rules:
        - from:
          - source:
              principals: [cluster.local/ns/bank/sa/teller]
          to:
          - operation:
              methods: [GET]
      """;

  private final LocalMesh mesh;

  WaypointIT(LocalMesh mesh) {
    this.mesh = mesh;
  }

  @Test
  void anAccountsWaypointEnforcesAPolicyAndCannotBeGoneAround() throws Exception {
    Path policy = mesh.config().resolve("ledger-read-only.yaml");
    try {
      Shell.Output applied =
          mesh.marrow("waypoint", "apply", "--for-service-account", "ledger", "-n", "bank");
      assertThat(applied.status()).as(applied.text()).isZero();
      Files.writeString(policy, READ_ONLY);

      Await.until(
          "DELETE is denied",
          Duration.ofSeconds(20),
          () -> mesh.curl("bank/teller", "DELETE", "http://ledger.bank/").equals("403"));
      assertThat(mesh.curl("bank/teller", "GET", "http://ledger.bank/")).isEqualTo("200");
      assertThat(mesh.curl("bank/vault", "GET", "http://ledger.bank/")).isEqualTo("403");
      assertThat(
              mesh.curl(
                  "bank/teller", "DELETE", "http://" + mesh.address("bank", "ledger") + ":8080/"))
          .isNotEqualTo("200");
      assertThat(
              mesh.curl(
                  "street/stranger", "GET", "http://" + mesh.address("bank", "ledger") + ":8080/"))
          .isEqualTo("000");
      assertThat(mesh.json("waypoints").get("items").isEmpty()).isFalse();
    } finally {
      Files.deleteIfExists(policy);
      String name = mesh.json("waypoints").get("items").get(0).get("name").asString();
      mesh.marrow("waypoint", "delete", name, "-n", "bank");
    }
    Await.until(
        "the ledger is open again",
        Duration.ofSeconds(30),
        () -> mesh.curl("bank/teller", "DELETE", "http://ledger.bank/").equals("200"));
  }
}
