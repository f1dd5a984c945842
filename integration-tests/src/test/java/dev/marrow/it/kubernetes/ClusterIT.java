package dev.marrow.it.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * One life of an installation under load, in order: installed, pods in and out, a waypoint, parts
 * replaced, gone. Each step lets a thousand requests pass and allows none to fail.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterIT {
  private static final String SHOP = "it-shop";
  private static final String CUSTOMERS = "deployment/customers";
  private static final String MODE = "istio.io/dataplane-mode";
  private static final Duration SOON = Duration.ofSeconds(40);

  @BeforeAll
  static void cluster() {
    assumeTrue(Cluster.given(), "no cluster (use ./marrow test --kubernetes)");
  }

  @Test
  @Order(1)
  void helmInstallsItOnAllNodes() throws Exception {
    String rate = Integer.toString(Cluster.requestsPerSecond());
    Cluster.apply(Cluster.resource("shop.yaml").replace("REQUESTS", rate));

    Installation.install();

    Cluster.rolledOut(SHOP, "deployment/server");
    Cluster.rolledOut(SHOP, CUSTOMERS);
    String nodes = Cluster.field(SHOP, "nodes", "{.items[*].metadata.name}");
    assertThat(ready("daemonset/ztunnel")).isEqualTo(nodes.split(" ").length);
    assertThat(ready("daemonset/marrow-node-agent")).isEqualTo(nodes.split(" ").length);
  }

  @Test
  @Order(2)
  void aLabelCapturesRunningPodsAndLosesNoRequest() throws Exception {
    String before = pods();
    Traffic start = Traffic.after(SHOP, CUSTOMERS, 1000);

    label(MODE + "=ambient");
    enrolled(2);

    Traffic end = Traffic.after(SHOP, CUSTOMERS, 2000);
    assertThat(end.failuresSince(start)).isEmpty();
    assertThat(pods()).as("pods and their restarts").isEqualTo(before);
    Cluster.until("mutual TLS in the node proxies' metrics", SOON, ClusterIT::encrypted);
  }

  @Test
  @Order(3)
  void takingTheLabelAwayRevertsItAndLosesNoRequest() throws Exception {
    Traffic start = Traffic.of(SHOP, CUSTOMERS);

    label(MODE + "-");
    enrolled(0);

    Traffic end = Traffic.after(SHOP, CUSTOMERS, 2000);
    assertThat(end.failuresSince(start)).isEmpty();
    label(MODE + "=ambient");
    enrolled(2);
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
    Cluster.until("plaintext is refused", SOON, () -> phase("outside", "default").equals("Failed"));

    for (int i = 0; i < 4; i++) {
      assertThat(phase("hasty-" + i, SHOP)).as("pod that dials at once").isEqualTo("Succeeded");
    }
  }

  @Test
  @Order(5)
  void probesPassUnderStrict() throws Exception {
    Cluster.kubectl("-n", SHOP, "rollout", "restart", "deployment/server");

    Cluster.rolledOut(SHOP, "deployment/server");

    assertThat(
            Cluster.field(
                SHOP,
                "pods",
                "{.items[?(@.metadata.labels.app=='server')].status.containerStatuses[*].restartCount}"))
        .matches("[0 ]+");
    Cluster.kubectl("-n", SHOP, "delete", "peerauthentication", "strict");
  }

  @Test
  @Order(6)
  void aGatewayAloneBringsAWaypointForAnAccount() throws Exception {
    Cluster.apply(Cluster.resource("waypoint.yaml"));

    Cluster.until("the waypoint is programmed", Duration.ofSeconds(90), ClusterIT::programmed);
    Cluster.rolledOut(SHOP, "deployment/server-waypoint");

    Cluster.until("writing is denied", SOON, () -> answer("--post-data=x").contains("403"));
    assertThat(answer("-q")).contains("\"service\"");
  }

  @Test
  @Order(7)
  void aWaypointIsScaledWithoutAFailedRequest() throws Exception {
    Traffic start = Traffic.after(SHOP, CUSTOMERS, 1000);

    Cluster.kubectl("-n", SHOP, "annotate", "gateway", "server-waypoint", "marrow.dev/replicas=3");
    Cluster.until(
        "three waypoints",
        Duration.ofSeconds(60),
        () ->
            Cluster.field(SHOP, "deployment/server-waypoint", "{.status.readyReplicas}")
                .equals("3"));

    Traffic end = Traffic.after(SHOP, CUSTOMERS, 2000);
    assertThat(end.failuresSince(start)).isEmpty();
  }

  @Test
  @Order(8)
  void deletingTheGatewayDeletesTheWaypoint() throws Exception {
    Traffic start = Traffic.of(SHOP, CUSTOMERS);

    Cluster.kubectl("-n", SHOP, "delete", "gateway", "server-waypoint");
    Cluster.until(
        "nothing of it is left",
        Duration.ofSeconds(60),
        () ->
            Cluster.field(
                    SHOP,
                    "deployments,services,serviceaccounts",
                    "{.items[?(@.metadata.labels.gateway\\.networking\\.k8s\\.io/gateway-name=='server-waypoint')].metadata.name}")
                .isEmpty());

    Traffic end = Traffic.after(SHOP, CUSTOMERS, 1000);
    assertThat(end.failuresSince(start)).isEmpty();
  }

  @Test
  @Order(9)
  void nodeProxiesAndAgentsAreReplacedWithoutAFailedRequest() throws Exception {
    Traffic start = Traffic.after(SHOP, CUSTOMERS, 500);

    Installation.upgrade("node.ztunnel.env.MARROW_TEST", "again");
    Cluster.kubectl(
        "-n", Installation.NAMESPACE, "rollout", "restart", "daemonset/marrow-node-agent");
    Installation.ready();

    Traffic end = Traffic.after(SHOP, CUSTOMERS, 2000);
    assertThat(end.failuresSince(start)).isEmpty();
  }

  @Test
  @Order(10)
  void aControlPlaneReplicaMayDie() throws Exception {
    Traffic start = Traffic.after(SHOP, CUSTOMERS, 500);
    String[] pods =
        Cluster.kubectl(
                "-n",
                Installation.NAMESPACE,
                "get",
                "pods",
                "-l",
                "app=marrow-control-plane",
                "-o",
                "name")
            .strip()
            .split("\n");

    Cluster.kubectl("-n", Installation.NAMESPACE, "delete", pods[0], "--grace-period=0", "--force");
    Cluster.rolledOut(Installation.NAMESPACE, "deployment/control-plane");
    assertThat(phase("after", SHOP)).isEqualTo("Succeeded");

    Traffic end = Traffic.after(SHOP, CUSTOMERS, 1000);
    assertThat(end.failuresSince(start)).isEmpty();
  }

  @Test
  @Order(11)
  void uninstallingLosesNoRequestAndLeavesNothing() throws Exception {
    Traffic start = Traffic.after(SHOP, CUSTOMERS, 500);

    Installation.uninstall();

    Traffic end = Traffic.after(SHOP, CUSTOMERS, 2000);
    assertThat(end.failuresSince(start)).isEmpty();
    enrolled(0);
    assertThat(phase("alone", SHOP)).as("a pod begins without an agent").isEqualTo("Succeeded");
    assertThat(Cluster.kubectl("get", "clusterroles,clusterrolebindings", "-o", "name"))
        .doesNotContain("marrow");
  }

  // ---- questions ----

  private static void label(String change) throws IOException {
    Cluster.kubectl("label", "namespace", SHOP, change, "--overwrite");
  }

  private static void enrolled(int pods) throws Exception {
    String path =
        "{range .items[?(@.status.phase=='Running')]}{.metadata.annotations.ambient\\.istio\\.io/redirection}{'\\n'}{end}";
    Cluster.until(
        pods + " pods are captured",
        SOON,
        () ->
            Cluster.field(SHOP, "pods", path.replace('\'', '"'))
                    .lines()
                    .filter("enabled"::equals)
                    .count()
                == pods);
  }

  private static String pods() throws IOException {
    return Cluster.field(
        SHOP,
        "pods",
        "{range .items[*]}{.metadata.name} {.status.containerStatuses[*].restartCount};{end}");
  }

  private static int ready(String daemonSet) throws IOException {
    return Integer.parseInt(
        Cluster.field(Installation.NAMESPACE, daemonSet, "{.status.numberReady}"));
  }

  private static boolean encrypted() throws IOException {
    for (String proxy :
        Cluster.field(
                Installation.NAMESPACE,
                "pods",
                "{.items[?(@.metadata.labels.app=='ztunnel')].metadata.name}")
            .split(" ")) {
      String metrics =
          Cluster.kubectl(
              "get",
              "--raw",
              "/api/v1/namespaces/%s/pods/%s:15020/proxy/metrics"
                  .formatted(Installation.NAMESPACE, proxy));
      List<String> lines =
          metrics
              .lines()
              .filter(line -> line.startsWith("istio_tcp_connections_opened_total"))
              .filter(line ->
                  line.contains("mutual_tls")
                      && line.contains(
                          "destination_principal=\"spiffe://cluster.local/ns/it-shop/sa/server\""))
              .toList();
      if (!lines.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private static boolean programmed() throws IOException {
    return Cluster.field(
            SHOP,
            "gateway/server-waypoint",
            "{.status.conditions[?(@.type==\"Programmed\")].status}")
        .equals("True");
  }

  /** How a pod ends that asks the server for a page as its first deed. */
  private static String phase(String name, String namespace) throws Exception {
    Cluster.kubectl(
        "-n",
        namespace,
        "delete",
        "pod",
        name,
        "--ignore-not-found",
        "--grace-period=0",
        "--force");
    run(name, namespace, "wget -q -O /dev/null http://server.it-shop:8080/");
    Cluster.until(
        "pod " + name + " has ended",
        SOON,
        () ->
            List.of("Succeeded", "Failed")
                .contains(Cluster.field(namespace, "pod/" + name, "{.status.phase}")));
    return Cluster.field(namespace, "pod/" + name, "{.status.phase}");
  }

  private static void run(String name, String namespace, String command) throws IOException {
    Cluster.kubectl(
        "-n",
        namespace,
        "run",
        name,
        "--image=localhost/marrow/shop:0.1.0",
        "--restart=Never",
        "--command",
        "--",
        "/bin/sh",
        "-c",
        command);
  }

  private static String answer(String option) throws IOException {
    try {
      return Cluster.kubectl(
          "-n", SHOP, "exec", CUSTOMERS, "--", "wget", option, "-O", "-", "http://server:8080/");
    } catch (IOException refused) {
      return String.valueOf(refused.getMessage());
    }
  }
}
