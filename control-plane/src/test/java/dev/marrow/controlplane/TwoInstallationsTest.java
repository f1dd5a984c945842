package dev.marrow.controlplane;

import static dev.marrow.controlplane.TestCluster.DEPLOYMENTS;
import static dev.marrow.controlplane.TestCluster.GATEWAYS;
import static dev.marrow.controlplane.TestCluster.NAMESPACES;
import static dev.marrow.controlplane.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Marrow installed twice on one cluster. */
class TwoInstallationsTest {
  private static final String ACCOUNTS = "/api/v1/serviceaccounts";
  private static final Map<String, String> SECOND =
      Map.of(
          "POD_NAMESPACE", "second",
          "MARROW_WAYPOINT_IMAGE", "second/waypoint:1",
          "MARROW_CA_SECRET", "second-ca");

  @TempDir Path home;
  private TestCluster cluster;
  private ControlPlane first;

  @BeforeEach
  void start() throws Exception {
    cluster = TestCluster.start(home);
    cluster.put(NAMESPACES, Yaml.namespace("kube-system", ""));
    cluster.put(ACCOUNTS, account("marrow-system"));
    cluster.put(ACCOUNTS, account("second"));
    first = cluster.run("one");
    await(() -> !cluster.root("shop").isEmpty());
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void theSecondSaysWhoWasFirstAndWritesNothing() throws Exception {
    ControlPlane second = cluster.run("two", SECOND);
    await(() -> ready(second).contains("another installation, in namespace marrow-system"));
    String root = cluster.root("shop");

    cluster.put(GATEWAYS, Yaml.gateway("wp", "", ""));
    cluster.put(NAMESPACES, Yaml.namespace("late", ""));

    await(() -> cluster.fake.get(DEPLOYMENTS, "shop/wp").isPresent());
    await(() -> cluster.root("late").equals(root));
    assertThat(image()).isEqualTo("marrow/waypoint:1");
    assertThat(ready(first)).isEqualTo("ready\n");
    assertThat(cluster.fake.names(TestCluster.LEASES)).hasSize(1);
  }

  @Test
  void theSecondTakesOverWhenTheFirstIsUninstalled() throws Exception {
    ControlPlane second = cluster.run("two", SECOND);
    cluster.put(GATEWAYS, Yaml.gateway("wp", "", ""));
    await(() -> cluster.fake.get(DEPLOYMENTS, "shop/wp").isPresent());
    String before = cluster.root("shop");

    cluster.planes.remove(first);
    first.close();
    assertThat(image()).isEqualTo("marrow/waypoint:1");
    cluster.fake.delete(ACCOUNTS, "marrow-system/control-plane");

    await(() -> image().equals("second/waypoint:1"));
    await(() -> !cluster.root("shop").equals(before));
    await(() -> ready(second).equals("ready\n"));
  }

  @Test
  void anotherRevisionLooksAfterItsOwnGatewaysAndLeavesTheRoots() throws Exception {
    var canary = new java.util.HashMap<>(SECOND);
    canary.put("REVISION", "canary");
    ControlPlane second = cluster.run("two", canary);
    String root = cluster.root("shop");

    cluster.put(GATEWAYS, Yaml.gateway("wp", "istio.io/rev: canary", ""));
    await(() -> cluster.fake.get(DEPLOYMENTS, "shop/wp").isPresent());

    assertThat(image()).isEqualTo("second/waypoint:1");
    assertThat(ready(second)).isEqualTo("ready\n");
    assertThat(cluster.root("shop")).isEqualTo(root);
  }

  private String image() {
    return cluster
        .fake
        .get(DEPLOYMENTS, "shop/wp")
        .map(made -> made.at("/spec/template/spec/containers/0/image").stringValue(""))
        .orElse("");
  }

  private static String ready(ControlPlane plane) {
    return TestCluster.page(plane, "readiness", "/healthz/ready");
  }

  private static String account(String namespace) {
    return "{metadata: {name: control-plane, namespace: %s}}".formatted(namespace);
  }
}
