package dev.marrow.it.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * One life of an installation under load, in order: installed, pods in and out, waypoints, parts
 * replaced, machines broken, gone. Each step lets a thousand requests pass and allows none to fail.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterIT {
  private static final Duration SOON = Duration.ofSeconds(40);
  private static final String NO_PARAMETERS =
      "{\"spec\":{\"infrastructure\":{\"parametersRef\":null}}}";
  private static final Duration BETWEEN_DEATHS = Duration.ofSeconds(10);

  @BeforeAll
  static void cluster() {
    assumeTrue(Cluster.given(), "no cluster (use ./marrow test --kubernetes)");
  }

  @Test
  @Order(1)
  void helmInstallsItOnAllNodes() throws Exception {
    Shop.open();

    Installation.install();

    Cluster.rolledOut(Shop.NAMESPACE, Shop.SERVER);
    Cluster.rolledOut(Shop.NAMESPACE, Shop.CUSTOMERS);
    int nodes = Shop.field("nodes", "{.items[*].metadata.name}").split(" ").length;
    assertThat(Installation.ready("daemonset/ztunnel")).isEqualTo(nodes);
    assertThat(Installation.ready("daemonset/marrow-node-agent")).isEqualTo(nodes);
  }

  @Test
  @Order(2)
  void aLabelCapturesRunningPodsAndLosesNoRequest() throws Exception {
    String before = Shop.pods();
    Traffic start = Shop.traffic(1000);

    Shop.label(Shop.MODE + "=ambient");
    Shop.awaitCaptured();

    assertThat(Shop.traffic(2000).failuresSince(start)).isEmpty();
    assertThat(Shop.pods()).as("pods and their restarts").isEqualTo(before);
    Cluster.until("mutual TLS in the node proxies' metrics", SOON, Installation::encrypts);
  }

  @Test
  @Order(3)
  void takingTheLabelAwayRevertsItAndLosesNoRequest() throws Exception {
    Traffic start = Shop.traffic(0);

    Shop.label(Shop.MODE + "-");
    Shop.awaitFree();

    assertThat(Shop.traffic(2000).failuresSince(start)).isEmpty();
    Shop.label(Shop.MODE + "=ambient");
    Shop.awaitCaptured();
  }

  @Test
  @Order(4)
  void aNewPodsFirstPacketIsCaptured() throws Exception {
    Cluster.apply(
        """
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {name: strict, namespace: it-shop}
        spec: {mtls: {mode: STRICT}}
        """);
    Cluster.until(
        "plaintext is refused", SOON, () -> Shop.hasty("outside", "default").equals("Failed"));

    for (int i = 0; i < 4; i++) {
      assertThat(Shop.hasty("hasty-" + i, Shop.NAMESPACE))
          .as("pod that dials at once")
          .isEqualTo("Succeeded");
    }
  }

  @Test
  @Order(5)
  void podsAreReplacedAndProbedUnderStrict() throws Exception {
    Traffic start = Shop.traffic(500);

    Shop.kubectl("rollout", "restart", Shop.SERVER);
    Cluster.rolledOut(Shop.NAMESPACE, Shop.SERVER);

    assertThat(Shop.traffic(2000).failuresSince(start)).isEmpty();
    assertThat(Shop.pods()).as("no container began again").doesNotContainPattern(" [1-9]");
    Shop.kubectl("delete", "peerauthentication", "strict");
  }

  @Test
  @Order(6)
  void aGatewayAloneBringsAWaypointForAnAccount() throws Exception {
    Waypoint waypoint = Waypoint.apply("server-waypoint", "istio.io/for-service-account: server");

    waypoint.awaitReadOnly();

    // Being bound closes the way past the waypoint, at once and also for open connections.
    Traffic start = Shop.traffic(2000);
    assertThat(Shop.answer("-q")).contains("\"service\"");
    assertThat(Shop.traffic(1000).failuresSince(start)).isEmpty();
  }

  @Test
  @Order(7)
  void aWaypointIsScaledWithoutAFailedRequest() throws Exception {
    var waypoint = new Waypoint("server-waypoint");
    Traffic start = Shop.traffic(1000);

    Shop.kubectl("annotate", "gateway", waypoint.name(), "marrow.dev/replicas=3");
    waypoint.awaitReplicas(3);

    assertThat(Shop.traffic(2000).failuresSince(start)).isEmpty();
  }

  @Test
  @Order(8)
  void anAutoscalerMayDecideOnAWaypointsPods() throws Exception {
    var waypoint = new Waypoint("server-waypoint");
    Cluster.apply(
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: server-waypoint-options, namespace: it-shop}
        data:
          horizontalPodAutoscaler: "spec: {minReplicas: 4, maxReplicas: 5}"
        """);
    Traffic start = Shop.traffic(500);

    Shop.kubectl("annotate", "gateway", waypoint.name(), "marrow.dev/replicas-");
    Shop.kubectl(
        "patch",
        "gateway",
        waypoint.name(),
        "--type=merge",
        "-p",
        "{\"spec\":{\"infrastructure\":{\"parametersRef\":{\"group\":\"\",\"kind\":\"ConfigMap\","
            + "\"name\":\"server-waypoint-options\"}}}}");

    Cluster.until(
        "the autoscaler can scale",
        Duration.ofSeconds(90),
        () ->
            Shop.kubectl(
                    "get",
                    "hpa",
                    waypoint.name(),
                    "--ignore-not-found",
                    "-o",
                    "jsonpath={.status.conditions[?(@.type==\"AbleToScale\")].status}")
                .contains("True"));
    waypoint.awaitReplicas(4);
    assertThat(Shop.traffic(1000).failuresSince(start)).isEmpty();
  }

  @Test
  @Order(9)
  void whatIsMadeForAWaypointIsMadeAgain() throws Exception {
    var waypoint = new Waypoint("server-waypoint");

    for (String kind : List.of("poddisruptionbudget", "hpa", "service", "deployment")) {
      waypoint.loses(kind);
    }

    Cluster.rolledOut(Shop.NAMESPACE, "deployment/" + waypoint.name());
    waypoint.awaitReadOnly();
  }

  @Test
  @Order(10)
  void aWaypointIsScaledDownWithoutAFailedRequest() throws Exception {
    var waypoint = new Waypoint("server-waypoint");
    Traffic start = Shop.traffic(500);

    Shop.kubectl("patch", "gateway", waypoint.name(), "--type=merge", "-p", NO_PARAMETERS);
    Shop.kubectl("annotate", "gateway", waypoint.name(), "marrow.dev/replicas=1");
    waypoint.awaitPods(1);
    Shop.kubectl("annotate", "gateway", waypoint.name(), "marrow.dev/replicas-");

    assertThat(Shop.traffic(1000).failuresSince(start)).isEmpty();
  }

  @Test
  @Order(11)
  void deletingTheGatewayDeletesTheWaypoint() throws Exception {
    Traffic start = Shop.traffic(500);

    new Waypoint("server-waypoint").delete();

    assertThat(Shop.traffic(1000).failuresSince(start)).isEmpty();
  }

  @Test
  @Order(12)
  void aGatewayAloneBringsAWaypointForAService() throws Exception {
    comesAndGoes("service-waypoint", "service", "server");
  }

  @Test
  @Order(13)
  void aGatewayAloneBringsAWaypointForWorkloads() throws Exception {
    comesAndGoes("pod-waypoint", "pods", "-l", "app=server");
  }

  @Test
  @Order(14)
  void aGatewayAloneBringsAWaypointForANamespace() throws Exception {
    comesAndGoes("shop-waypoint", "namespace", Shop.NAMESPACE);
  }

  @Test
  @Order(15)
  void theImageRunsInADaemonSetOfIstiosShape() throws Exception {
    Traffic start = Shop.traffic(500);
    Shop.label(Shop.MODE + "-");
    Shop.awaitFree();

    IstioNodes.takeOver();
    Shop.label(Shop.MODE + "=ambient");
    Shop.awaitCaptured();

    Cluster.until("mutual TLS in its metrics", SOON, IstioNodes::encrypt);
    // The policy rightly cuts what came in plaintext, and customers keep a connection for 5 s.
    Shop.traffic(8L * Cluster.requestsPerSecond());
    IstioNodes.letInOnlyTheShop();
    Cluster.until(
        "strangers are refused", SOON, () -> Shop.hasty("outside", "default").equals("Failed"));
    assertThat(Shop.traffic(1000).failuresSince(start)).isEmpty();
    IstioNodes.giveBack();
    assertThat(Shop.traffic(2000).failuresSince(start)).isEmpty();
  }

  @Test
  @Order(16)
  void anUpgradeReplacesNodeProxiesAndAgentsWithoutAFailedRequest() throws Exception {
    Traffic start = Shop.traffic(500);

    Installation.upgrade("node.ztunnel.env.MARROW_TEST", "again");
    Cluster.kubectl(
        "-n", Installation.NAMESPACE, "rollout", "restart", "daemonset/marrow-node-agent");
    Installation.ready();

    // Longer than an old proxy drains.
    assertThat(Shop.traffic(20_000).failuresSince(start)).isEmpty();
  }

  @Test
  @Order(17)
  void replicasOfTheControlPlaneMayDieInTurn() throws Exception {
    Traffic start = Shop.traffic(500);

    for (int i = 0; i < 4; i++) {
      long next = System.nanoTime() + BETWEEN_DEATHS.toNanos();
      Installation.killAReplica();
      assertThat(Shop.hasty("after-" + i, Shop.NAMESPACE)).isEqualTo("Succeeded");
      LockSupport.parkNanos(next - System.nanoTime());
      // On a slow machine a replica takes longer than that to begin.
      Cluster.rolledOut(Installation.NAMESPACE, "deployment/control-plane");
    }

    assertThat(Shop.traffic(1000).failuresSince(start)).isEmpty();
  }

  @Test
  @Order(18)
  void theApiServerMayRestart() throws Exception {
    assumeTrue(Cluster.ours(), "not our cluster: its API server stays");
    Traffic start = Shop.traffic(500);

    Cluster.machines("restart", "apiserver");

    assertThat(Shop.hasty("restarted", Shop.NAMESPACE)).isEqualTo("Succeeded");
    assertThat(Shop.traffic(1000).failuresSince(start)).isEmpty();
  }

  @Test
  @Order(19)
  void aNodeMayBeCutOffFromTheApiServer() throws Exception {
    assumeTrue(Cluster.ours(), "not our cluster: its network stays");
    Traffic start = Shop.traffic(500);

    Cluster.machines("cut", Shop.node("customers").replace("node", ""), "12");

    assertThat(Shop.hasty("mended", Shop.NAMESPACE)).isEqualTo("Succeeded");
    assertThat(Shop.traffic(1000).failuresSince(start)).isEmpty();
  }

  @Test
  @Order(20)
  void aNodeIsDrainedWithoutAFailedRequest() throws Exception {
    String node = Shop.node("server");
    assumeTrue(!node.equals(Shop.node("customers")), "one node: nowhere to drain to");
    Traffic start = Shop.traffic(500);

    try {
      Cluster.kubectl(
          "drain",
          node,
          "--ignore-daemonsets",
          "--delete-emptydir-data",
          "--force",
          "--timeout=95s");
      assertThat(Arrays.asList(Shop.node("server"), "")).doesNotContain(node);
      assertThat(Shop.traffic(2000).failuresSince(start)).isEmpty();
    } finally {
      Cluster.kubectl("uncordon", node);
    }
    Installation.ready();
  }

  @Test
  @Order(21)
  void uninstallingLosesNoRequestAndLeavesNothing() throws Exception {
    Traffic start = Shop.traffic(500);

    Installation.uninstall();

    // Longer than the last proxy drains.
    assertThat(Shop.traffic(20_000).failuresSince(start)).isEmpty();
    Shop.awaitFree();
    assertThat(Shop.hasty("alone", Shop.NAMESPACE))
        .as("a pod begins without an agent")
        .isEqualTo("Succeeded");
    assertThat(all("clusterroles,clusterrolebindings")).doesNotContain("marrow");
    assertThat(all("daemonsets,deployments,pods,jobs")).doesNotContain("marrow");
  }

  /** A waypoint is made and bound, serves, is unbound and deleted; only binding may cut. */
  private static void comesAndGoes(String name, String... bound) throws Exception {
    Waypoint waypoint = Waypoint.apply(name, "");

    Shop.label("istio.io/use-waypoint=" + name, bound);
    waypoint.awaitReadOnly();

    Traffic start = Shop.traffic(2000);
    Shop.label("istio.io/use-waypoint-", bound);
    assertThat(Shop.traffic(2000).failuresSince(start)).isEmpty();
    waypoint.delete();
    assertThat(Shop.traffic(1000).failuresSince(start)).isEmpty();
  }

  private static String all(String kinds) throws IOException {
    return Cluster.kubectl("get", kinds, "-A", "-o", "name");
  }
}
