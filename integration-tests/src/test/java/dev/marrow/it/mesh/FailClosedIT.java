package dev.marrow.it.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What protects keeps protecting while it is out of order. */
@ExtendWith(MeshExtension.class)
class FailClosedIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final LocalMesh mesh;

  FailClosedIT(LocalMesh mesh) {
    this.mesh = mesh;
  }

  private String ledger() throws Exception {
    return mesh.curl("bank/teller", "GET", "http://ledger.bank/");
  }

  @Test
  void behindAWaypointThatHasNoPodNobodyIsServedUnlessItSaysSo() throws Exception {
    Path file = mesh.config().resolve("absent.yaml");
    try {
      Files.writeString(file, gateway(""));
      Await.until("the ledger is closed", PATIENCE, () -> ledger().equals("000"));
      String direct = "http://" + mesh.address("bank", "ledger") + ":8080/";
      assertThat(mesh.curl("bank/teller", "GET", direct)).isEqualTo("000");
      assertThat(mesh.marrow("waypoint", "list").text()).contains("absent").contains("0/0");

      Files.writeString(file, gateway(", marrow.dev/fail-open: \"true\""));
      Await.until("the ledger is open by wish", PATIENCE, () -> ledger().equals("200"));
    } finally {
      Files.deleteIfExists(file);
    }
    Await.until("the ledger is open again", PATIENCE, () -> ledger().equals("200"));
  }

  private static String gateway(String more) {
    return """
    apiVersion: gateway.networking.k8s.io/v1
    kind: Gateway
    metadata:
      name: absent
      namespace: bank
      annotations: {istio.io/for-service-account: ledger, marrow.dev/replicas: "0"%s}
      labels: {istio.io/waypoint-for: all}
    spec:
      gatewayClassName: marrow-waypoint
      listeners: [{name: mesh, port: 15008, protocol: HBONE}]
    """
        .formatted(more);
  }

  @Test
  void aPolicyThatBecomesUnreadableGoesOnAsItWas() throws Exception {
    Path file = mesh.config().resolve("nobody.yaml");
    try {
      Files.writeString(file, policy("ALLOW", ""));
      Await.until("nobody is let in", PATIENCE, () -> ledger().equals("000"));

      Files.writeString(file, policy("PERHAPS", "  rules: [{}]"));
      Await.until(
          "the mistake is told", PATIENCE, () -> mesh.marrow("status").text().contains("PERHAPS"));

      assertThat(ledger()).isEqualTo("000");
    } finally {
      Files.deleteIfExists(file);
    }
    Await.until("the ledger is open again", PATIENCE, () -> ledger().equals("200"));
  }

  private static String policy(String action, String more) {
    return """
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata: {name: nobody, namespace: bank}
    spec:
      selector: {matchLabels: {app: ledger}}
      action: %s
    %s
    """
        .formatted(action, more);
  }
}
