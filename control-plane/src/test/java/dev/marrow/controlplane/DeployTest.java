package dev.marrow.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeployTest {
  @TempDir Path home;
  private RunningPlane plane;

  @BeforeEach
  void start() throws IOException {
    Files.createDirectories(home.resolve("generated"));
    Files.writeString(home.resolve("generated/Service.shop.old.yaml"), "left behind");
    plane = RunningPlane.start(home, Map.of("g.yaml", gateway("marrow-waypoint", "")));
  }

  @AfterEach
  void stop() {
    plane.close();
  }

  @Test
  void aGatewayGetsItsObjectsAndLosesThemWithIt() throws Exception {
    String deployment = await("generated/Deployment.shop.wp.yaml", text -> !text.isEmpty());
    String service = await("generated/Service.shop.wp.yaml", text -> !text.isEmpty());
    String account = await("generated/ServiceAccount.shop.wp.yaml", text -> !text.isEmpty());

    plane.delete("g.yaml");
    await("generated/Deployment.shop.wp.yaml", String::isEmpty);

    assertThat(deployment).contains("marrow", "waypoint", "replicas: 2", "GATEWAY_NAME");
    assertThat(service).contains("15008", "15021", "gateway.networking.k8s.io/gateway-name");
    assertThat(account).contains("name: \"wp\"");
    assertThat(home.resolve("generated/Service.shop.old.yaml")).doesNotExist();
    await("status/Gateway.shop.wp.json", String::isEmpty);
  }

  @Test
  void aConfigMapIsLaidOverTheDeployment() throws Exception {
    plane.write(
        "c.yaml",
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: params, namespace: shop}
        data:
          deployment: |
            metadata: {name: other, labels: {team: a}}
            spec:
              replicas: 5
              template: {spec: {containers: [{name: waypoint, resources: {limits: {cpu: "7"}}}]}}
        """);
    plane.write(
        "g.yaml",
        gateway(
            "istio-waypoint", "infrastructure: {parametersRef: {kind: ConfigMap, name: params}}"));

    String deployment =
        await("generated/Deployment.shop.wp.yaml", text -> text.contains("replicas: 5"));

    assertThat(deployment).contains("team: \"a\"", "cpu: \"7\"", "name: \"wp\"", "GATEWAY_NAME");
  }

  @Test
  void aGatewayMayHaveAPodOnEveryNodeForTheClientsThere() throws Exception {
    await("generated/Deployment.shop.wp.yaml", text -> !text.isEmpty());
    plane.write(
        "c.yaml",
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: params, namespace: shop}
        data:
          daemonSet: "spec: {template: {spec: {tolerations: [{operator: Exists}]}}}"
        """);
    String text =
        gateway(
            "marrow-waypoint", "infrastructure: {parametersRef: {kind: ConfigMap, name: params}}");
    plane.write("g.yaml", text.replace("marrow.dev/replicas: \"2\"", "marrow.dev/placement: node"));

    String set =
        await("generated/DaemonSet.shop.wp.yaml", written -> written.contains("tolerations"));
    await("generated/Deployment.shop.wp.yaml", String::isEmpty);
    String service =
        await("generated/Service.shop.wp.yaml", written -> written.contains("PreferSameNode"));

    assertThat(set).contains("maxSurge: 1", "GATEWAY_NAME").doesNotContain("replicas");
    assertThat(service).doesNotContain("PreferClose");
  }

  @Test
  void aPlacementThatNobodyKnowsIsSaidAndTheLastGoodOneStays() throws Exception {
    await("generated/Deployment.shop.wp.yaml", text -> text.contains("replicas: 2"));
    String text = gateway("marrow-waypoint", "");

    plane.write("g.yaml", text.replace("replicas: \"2\"", "placement: nodes"));
    await("status/Gateway.shop.wp.json", status -> status.contains("'nodes' (expected: node or"));
    plane.write(
        "g.yaml", text.replace("marrow.dev/rep", "marrow.dev/placement: node, marrow.dev/rep"));
    await(
        "status/Gateway.shop.wp.json", status -> status.contains("not with marrow.dev/placement"));

    await("generated/Deployment.shop.wp.yaml", written -> written.contains("replicas: 2"));
  }

  @Test
  void aConfigMapThatCannotBeReadIsSaidAndLeftOut() throws Exception {
    plane.write(
        "c.yaml",
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: params, namespace: shop}
        data:
          deployment: "spec: {replicas: many}"
        """);
    plane.write(
        "g.yaml",
        gateway(
            "istio-waypoint", "infrastructure: {parametersRef: {kind: ConfigMap, name: params}}"));

    String status =
        await("status/Gateway.shop.wp.json", text -> text.contains("InvalidParameters"));

    assertThat(status)
        .contains("data.deployment.spec.replicas: \\\"many\\\" (expected: 0 to 1000)");
    await("generated/Deployment.shop.wp.yaml", text -> text.contains("replicas: 2"));
  }

  @Test
  void anUnknownClassIsSaidAndLeftAlone() throws Exception {
    plane.write("g.yaml", gateway("waypiont", ""));

    String status = await("status/Gateway.shop.wp.json", text -> text.contains("UnknownGateway"));

    assertThat(status).contains("\"status\" : \"False\"", "waypiont");
    await("generated/Deployment.shop.wp.yaml", String::isEmpty);
  }

  @Test
  void aGatewayIsProgrammedOnceAPodIsReady() throws Exception {
    await("status/Gateway.shop.wp.json", text -> text.contains("AddressNotAssigned"));

    plane.write("s.yaml", Yaml.service("wp", "", "10.1.0.9"));
    plane.write(
        "p.yaml",
        Yaml.pod("wp-1", "\"gateway.networking.k8s.io/gateway-name\": wp", "", "10.0.0.9"));

    await(
        "status/Gateway.shop.wp.json",
        text -> text.contains("10.1.0.9") && text.contains("wp.shop.svc.cluster.local"));
  }

  private static String gateway(String className, String more) {
    return """
    apiVersion: gateway.networking.k8s.io/v1
    kind: Gateway
    metadata: {name: wp, namespace: shop, generation: 3, annotations: {marrow.dev/replicas: "2"}}
    spec:
      gatewayClassName: %s
      listeners: [{name: mesh, port: 15008, protocol: HBONE}]
      %s
    """
        .formatted(className, more);
  }

  private String await(String file, Predicate<String> condition) throws Exception {
    Path path = home.resolve(file);
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (true) {
      String text = textOf(path);
      if (condition.test(text)) {
        return text;
      }
      assertThat(System.nanoTime()).as("%s: %s", file, text).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  // The file may vanish at any moment: that is what some tests wait for.
  private static String textOf(Path path) throws IOException {
    try {
      return Files.readString(path);
    } catch (NoSuchFileException e) {
      return "";
    }
  }
}
