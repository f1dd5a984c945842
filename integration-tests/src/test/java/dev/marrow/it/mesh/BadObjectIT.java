package dev.marrow.it.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Mistakes in the YAML of a running mesh: each is refused with a reason in the status, in the
 * control plane's log and in a metric; what was there before stays as it was.
 */
@ExtendWith(MeshExtension.class)
class BadObjectIT {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String ACCEPTED = "marrow_objects_not_accepted";

  private final LocalMesh mesh;
  private final Program controlPlane;
  private final Path file;
  private long mark;

  BadObjectIT(LocalMesh mesh) {
    this.mesh = mesh;
    this.controlPlane = mesh.program("control-plane");
    this.file = mesh.config().resolve("mistake.yaml");
  }

  @BeforeEach
  void begin() throws IOException {
    mark = controlPlane.mark();
  }

  @AfterEach
  void nothingElseIsDisturbedAndTheMistakeIsForgotten() throws Exception {
    assertThat(mesh.curl("bank/teller", "GET", "http://vault.bank/")).isEqualTo("200");
    Files.delete(file);
    Await.until(
        "the status is clean",
        PATIENCE,
        () -> !status().contains("mistake") && controlPlane.metric(ACCEPTED) == 0);
  }

  private String status() throws IOException {
    return mesh.marrow("status").text();
  }

  private void isRefused(String yaml, String kind, String reason, String message) throws Exception {
    Files.writeString(file, yaml);

    Await.until("'" + message + "' in status", PATIENCE, () -> status().contains(message));
    assertThat(status()).contains(kind + " bank/mistake").contains("=False (" + reason + ")");
    controlPlane.awaitLog(mark, message);
    assertThat(controlPlane.metric(ACCEPTED, "kind=\"" + kind + "\"", "\"" + reason + "\""))
        .isEqualTo(1);
  }

  @Test
  void invalidYamlLeavesTheLastGoodStateOfItsFile() throws Exception {
    Files.writeString(
        file, policy("action: DENY\n  rules: [{to: [{operation: {ports: [\"9\"]}}]}]"));
    Await.until(
        "the good one is accepted",
        PATIENCE,
        () -> Files.exists(mesh.state().resolve("status/AuthorizationPolicy.bank.mistake.json")));

    Files.writeString(file, "apiVersion: v1\nkind: Service\nmetadata:\n  name: [unclosed\n");

    Await.until(
        "file, line and reason",
        PATIENCE,
        () -> Pattern.compile("mistake\\.yaml:\\d+: \\S").matcher(status()).find());
    controlPlane.awaitLog(mark, "mistake.yaml");
    assertThat(controlPlane.metric("marrow_problems")).isEqualTo(1);
    assertThat(mesh.state().resolve("status/AuthorizationPolicy.bank.mistake.json")).exists();
  }

  @Test
  void aFieldThatKubernetesDoesNotHave() throws Exception {
    Files.writeString(
        file,
        """
        apiVersion: v1
        kind: Service
        metadata: {name: mistake, namespace: bank}
        spec: {selektor: {app: vault}, ports: [{port: 80}]}
        """);

    Await.until(
        "file, line and field",
        PATIENCE,
        () ->
            status()
                .contains("mistake.yaml:1: Service bank/mistake: spec.selektor: unknown field"));
    controlPlane.awaitLog(mark, "spec.selektor: unknown field");
    assertThat(controlPlane.metric("marrow_problems")).isEqualTo(1);
    assertThat(mesh.marrow("services").text()).doesNotContain("mistake");
  }

  @Test
  void aKindThatNobodyReads() throws Exception {
    isRefused(
        policy("action: ALLOW").replace("Authorization", "Authorisation"),
        "AuthorisationPolicy",
        "UnknownKind",
        "such as AuthorizationPolicy");
  }

  @Test
  void anUnknownField() throws Exception {
    isRefused(policy("action: ALLOW\n  ruels: []"), "AuthorizationPolicy", "Invalid", "spec.ruels");
  }

  @Test
  void aPolicyWithAWrongEnum() throws Exception {
    isRefused(policy("action: PERHAPS"), "AuthorizationPolicy", "Invalid", "PERHAPS");
  }

  @Test
  void aGatewayOfAnUnknownClass() throws Exception {
    String gateway =
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: mistake, namespace: bank}
        spec:
          gatewayClassName: waypiont
          listeners: [{name: mesh, port: 15008, protocol: HBONE}]
        """;

    isRefused(gateway, "Gateway", "UnknownGatewayClass", "class 'waypiont' is not known");

    assertThat(mesh.state().resolve("generated/Deployment.bank.mistake.yaml")).doesNotExist();
  }

  private static String policy(String spec) {
    return """
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata: {name: mistake, namespace: bank}
    spec:
      %s
    """
        .formatted(spec);
  }
}
