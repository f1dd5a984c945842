package dev.marrow.ztunnel.proxy;

import static dev.marrow.mesh.TestMesh.anonymous;
import static dev.marrow.mesh.TestMesh.policy;
import static dev.marrow.mesh.TestMesh.principals;
import static dev.marrow.mesh.TestMesh.service;
import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.marrow.mesh.policy.PolicyAction;
import dev.marrow.mesh.policy.PolicyScope;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.NetworkAddress;
import dev.marrow.ztunnel.proxy.TestNode.Pod;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two pods with their proxies in one process, and real tunnels between them. */
class WholeProxyTest {
  private static final String SHOP = "default/shop.default.svc.cluster.local";
  private static final String CLIENT = "cluster.local/ns/default/sa/client";

  private final TestNode node = start("");
  private final String clientIp = TestNode.address();
  private final String shopIp = TestNode.address();
  private Pod client;
  private Pod shop;
  private TestApp app;

  TestNode start(String network) {
    return new TestNode(network);
  }

  @BeforeEach
  void start() throws IOException {
    app = TestApp.echo(shopIp);
    node.mesh.put(
        workload("client").account("client").at(clientIp),
        workload("shop").account("shop").at(shopIp).backs(SHOP, 80, app.port()),
        service(SHOP).vips("/198.18.255.1").ports(80, app.port()));
    client = node.pod("client", clientIp);
    shop = node.pod("shop", shopIp);
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
    app.close();
  }

  @Test
  void bytesGoThroughATunnelAndBothSidesReportIt() throws IOException {
    try (Socket socket = client.connect("198.18.255.1", 80)) {
      assertThat(TestApp.ask(socket, "hello")).isEqualTo("hello");
    }

    node.awaitLog("direction=\"inbound\"");
    node.awaitLog("direction=\"outbound\"");
    assertThat(node.log().lines().filter(line -> line.contains("dst.addr=" + shopIp + ":15008 ")))
        .as("both sides name the address of the tunnel")
        .hasSize(2);
    assertThat(node.log())
        .contains("src.identity=\"spiffe://" + CLIENT + "\"")
        .contains("dst.identity=\"spiffe://cluster.local/ns/default/sa/shop\"")
        .contains("dst.service=\"shop.default.svc.cluster.local\"")
        .contains("dst.hbone_addr=" + shopIp + ":" + app.port())
        .contains("bytes_sent=5 bytes_recv=5");
    assertThat(node.metrics.text(false))
        .containsPattern(
            "istio_tcp_connections_closed_total\\{reporter=\"source\"[^}]*mutual_tls[^}]*} 1\n")
        .containsPattern("istio_tcp_received_bytes_total\\{reporter=\"destination\"[^}]*} 5\n");
  }

  @Test
  void theMetricsOfAnOpenConnectionShowItsBytes() throws IOException {
    try (Socket socket = client.connect("198.18.255.1", 80)) {
      TestApp.ask(socket, "hello");

      assertThat(node.metrics.text(false))
          .containsPattern("istio_tcp_sent_bytes_total\\{reporter=\"source\"[^}]*} 5\n")
          .contains("istio_tcp_sockets_open{reporter=\"destination\"} 1\n");
    }
  }

  @Test
  void halfClosedConnectionsStillGetTheirAnswer() throws IOException {
    try (Socket socket = client.connect(shopIp, app.port())) {
      socket.getOutputStream().write(new byte[100_000]);
      socket.shutdownOutput();

      assertThat(socket.getInputStream().readAllBytes()).hasSize(100_000);
    }
  }

  @Test
  void aPolicyThatDeniesEndsTheConnectionAndIsNamed() throws IOException {
    node.mesh.put(
        policy("default/no", PolicyScope.NAMESPACE, PolicyAction.DENY, principals(CLIENT)));

    assertThat(TestApp.refused(() -> client.connect(shopIp, app.port()))).isTrue();

    node.awaitLog("error=\"http status: 401 Unauthorized\"");
    assertThat(node.metrics.text(false))
        .containsPattern(
            "closed_total\\{reporter=\"source\"[^}]*destination_principal=\"spiffe://cluster.local/ns/default/sa/shop\"[^}]*\"CONNECT\"[^}]*}"
                + " 1\n");
    node.awaitLog("connection closed due to policy rejection: explicitly denied by: default/no");
    assertThat(node.metrics.text(false))
        .containsPattern("closed_total\\{reporter=\"destination\"[^}]*\"DENY\"[^}]*} 1\n");
  }

  @Test
  void aChangeOfPolicyCutsWhatIsOpenWithinASecond() throws IOException {
    try (Socket socket = client.connect(shopIp, app.port())) {
      TestApp.ask(socket, "hello");
      long start = System.nanoTime();

      node.mesh.put(
          policy("default/no", PolicyScope.NAMESPACE, PolicyAction.DENY, principals(CLIENT)));

      assertThat(TestApp.over(socket)).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
    }
    node.awaitLog("error=\"connection closed due to policy change\"");
  }

  @Test
  void aPolicyNewlyAttachedToTheWorkloadCutsWhatIsOpen() throws IOException {
    node.mesh.put(
        policy("default/no", PolicyScope.WORKLOAD_SELECTOR, PolicyAction.DENY, principals(CLIENT)));
    try (Socket socket = client.connect(shopIp, app.port())) {
      TestApp.ask(socket, "hello");

      node.mesh.put(workload("shop").account("shop").at(shopIp).policies("default/no"));

      assertThat(TestApp.over(socket)).isTrue();
    }
  }

  @Test
  void aChangeThatAllowsCutsNothing() throws IOException {
    try (Socket socket = client.connect(shopIp, app.port())) {
      TestApp.ask(socket, "hello");

      node.mesh.put(
          policy("default/yes", PolicyScope.NAMESPACE, PolicyAction.ALLOW, principals(CLIENT)));

      assertThat(TestApp.ask(socket, "again")).isEqualTo("again");
    }
  }

  @Test
  void plaintextReachesThePodUnlessPolicyDemandsAnIdentity() throws IOException {
    try (Socket socket = shop.plaintext(app.port())) {
      assertThat(TestApp.ask(socket, "hello")).isEqualTo("hello");
    }
    node.awaitLog("direction=\"inbound\"");
    assertThat(node.log()).doesNotContain("identity=");
    assertThat(node.metrics.text(false))
        .contains("destination_principal=\"spiffe://cluster.local/ns/default/sa/shop\"")
        .contains("source_principal=\"unknown\"");
    node.mesh.put(policy("default/strict", PolicyScope.NAMESPACE, PolicyAction.DENY, anonymous()));

    assertThat(TestApp.refused(() -> shop.plaintext(app.port()))).isTrue();
    node.awaitLog("explicitly denied by: default/strict");
  }

  @Test
  void anAddressOutsideTheMeshIsReachedDirectly() throws IOException {
    String outside = TestNode.address();
    try (TestApp other = TestApp.echo(outside);
        Socket socket = client.connect(outside, other.port())) {
      assertThat(TestApp.ask(socket, "hello")).isEqualTo("hello");
    }
    node.awaitLog("dst.addr=" + outside);
  }

  @Test
  void callingOurOwnPortsIsRefused() throws IOException {
    assertThat(TestApp.refused(() -> client.connect(clientIp, 15001))).isTrue();

    node.awaitLog("error=\"attempted recursive call to ourselves\"");
  }

  @Test
  void anAppThatDoesNotListenIsSaidOnBothSides() throws IOException {
    assertThat(TestApp.refused(() -> client.connect(shopIp, 1))).isTrue();

    node.awaitLog("error=\"http status: 503 Service Unavailable\"");
    node.awaitLog("error=\"connection failed: ");
  }

  @Test
  void anotherEndpointIsTriedBeforeAnyByteWasSent() throws IOException {
    String dead = TestNode.address();
    node.mesh.put(workload("dead").account("shop").at(dead).backs(SHOP, 80, 1).capacity(100_000));

    for (int i = 0; i < 5; i++) {
      try (Socket socket = client.connect("198.18.255.1", 80)) {
        assertThat(TestApp.ask(socket, "hello")).isEqualTo("hello");
      }
    }

    assertThat(node.metrics.text(false)).doesNotContain("marrow_dial_retries_total 0\n");
  }

  @Test
  void aPeerWithAnotherIdentityIsRefused() throws IOException {
    node.mesh.put(workload("shop").account("shop").at(shopIp));
    String impostor = TestNode.address();
    try (var pod = new TestNode()) {
      pod.mesh.put(workload("impostor").account("impostor").at(impostor));
      pod.pod("impostor", impostor);
      node.mesh.put(workload("other").account("other").at(impostor));

      assertThat(TestApp.refused(() -> client.connect(impostor, 80))).isTrue();
    }
    node.awaitLog("error=\"identity error: ");
  }

  @Test
  void aClientThatLeavesDuringTheDialIsNoticed() throws IOException {
    String outside = TestNode.address();
    var address = java.net.InetAddress.ofLiteral(outside);
    try (var full = new java.net.ServerSocket(0, 1, address)) {
      // Nobody accepts: two connections fill the backlog, the next one waits for its SYN-ACK.
      try (Socket first = new Socket(address, full.getLocalPort());
          Socket second = new Socket(address, full.getLocalPort())) {
        Socket socket = client.connect(outside, full.getLocalPort());
        socket.setSoLinger(true, 0);
        socket.close();

        node.awaitLog("client closed the connection before it was established");
        assertThat(first.isConnected() && second.isConnected()).isTrue();
      }
    }
  }

  @Test
  void aPodThatTheMeshDoesNotKnowIsDeniedEarly() throws IOException {
    String unknownIp = TestNode.address();
    Pod unknown = node.pod("unknown", unknownIp);

    assertThat(TestApp.refused(() -> unknown.connect(shopIp, app.port()))).isTrue();

    node.awaitLog("timed out waiting for workload 'default/unknown/unknown' from xds");
  }

  @Test
  void aPodThatBecomesKnownInTimeIsServed() throws IOException {
    String lateIp = TestNode.address();
    Pod late = node.pod("late", lateIp);

    try (Socket socket = late.connect(shopIp, app.port())) {
      node.mesh.put(workload("late").account("late").at(lateIp));
      assertThat(TestApp.ask(socket, "hello")).isEqualTo("hello");
    }
  }

  @Test
  void aPodThatLeavesKeepsItsConnectionsAndAcceptsLatePeersForAWhile() throws Exception {
    try (Socket socket = client.connect(shopIp, app.port())) {
      TestApp.ask(socket, "hello");

      shop.proxy().leave();

      try (Socket late = client.connect(shopIp, app.port());
          Socket redirected = shop.plaintext(app.port())) {
        assertThat(TestApp.ask(late, "late")).isEqualTo("late");
        assertThat(TestApp.ask(redirected, "before the rules went"))
            .isEqualTo("before the rules went");
      }
      assertThat(TestApp.ask(socket, "still")).isEqualTo("still");
    }
    shop.proxy().ended().get(5, java.util.concurrent.TimeUnit.SECONDS);
    assertThatThrownBy(() -> shop.plaintext(app.port())).isInstanceOf(ConnectException.class);
  }

  @Test
  void whatAnAppOpenedBeforeTheDrainStillGetsItsTunnel() throws Exception {
    String ip = TestNode.address();
    TestNode.Pod late = node.pod("late", ip);
    try (Socket socket = late.connect(shopIp, app.port())) {
      awaitAccepted(late);

      late.proxy().drain(Duration.ofSeconds(5));
      node.mesh.put(workload("late").account("late").at(ip));

      assertThat(TestApp.ask(socket, "hello")).isEqualTo("hello");
      assertThat(late.proxy().ended()).isNotDone();
    }
    assertThat(late.proxy().ended()).succeedsWithin(Duration.ofSeconds(5));
  }

  private static void awaitAccepted(TestNode.Pod pod) {
    long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (pod.proxy().open().join().isEmpty()) {
      assertThat(System.nanoTime() - end).as("not accepted after 5 s").isNegative();
      Thread.onSpinWait();
    }
  }

  @Test
  void aDrainLetsConnectionsEndAndCutsThoseThatDoNot() throws Exception {
    Socket socket = client.connect(shopIp, app.port());
    TestApp.ask(socket, "hello");
    var drained = Thread.ofVirtual().start(() -> node.pods.drain(Duration.ofSeconds(1)));
    TestNode.await(() -> refused(client), "capture closed");

    assertThat(TestApp.ask(socket, "still")).isEqualTo("still");

    drained.join();
    assertThat(TestApp.over(socket)).isTrue();
    node.awaitLog("error=\"connection closed due to connection drain\"");
    socket.close();
  }

  private boolean refused(Pod pod) {
    try (Socket socket = pod.connect(shopIp, app.port())) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void theDumpShowsOpenConnections() throws IOException {
    try (Socket socket = client.connect("198.18.255.1", 80)) {
      TestApp.ask(socket, "hello");

      assertThat(node.pods.dump())
          .anySatisfy(pod -> {
            assertThat(pod.uid()).isEqualTo("uid-client");
            assertThat(pod.connections())
                .singleElement()
                .satisfies(c -> {
                  assertThat(c.inbound()).isFalse();
                  assertThat(c.protocol()).isEqualTo("HBONE");
                  assertThat(c.originalDestination()).isEqualTo("198.18.255.1:80");
                  assertThat(c.actualDestination()).isEqualTo(shopIp + ":15008");
                });
          });
    }
  }

  @Test
  void anotherNetworkIsReachedThroughATunnelInATunnel() throws IOException {
    String farIp = TestNode.address();
    String gatewayIp = TestNode.address();
    String far = "default/far.default.svc.cluster.local";
    try (var farNode = new TestNode("far");
        TestApp farApp = TestApp.echo(farIp);
        TestApp gateway = TestApp.forwarding(gatewayIp, farIp, 15008)) {
      farNode.mesh.put(
          service(far).vips("/198.18.255.2").ports(80, farApp.port()),
          workload("far").account("far").at(farIp).backs(far, 80, farApp.port()),
          service("default/gateway.default.svc.cluster.local"));
      farNode.pod("far", farIp);
      try (var gatewayNode = new TestNode("far")) {
        gatewayNode.mesh.put(
            service(far).ports(80, gateway.port()),
            workload("gateway").account("gateway").at(gatewayIp).backs(far, 80, gateway.port()));
        gatewayNode.pod("gateway", gatewayIp);
        node.mesh.put(
            service(far)
                .vips("/198.18.255.2")
                .ports(80, 80)
                .subjectAltNames("spiffe://cluster.local/ns/default/sa/far"),
            workload("far-1")
                .network("far")
                .backs(far, 80, 80)
                .networkGateway(
                    new GatewayAddress.AtAddress(NetworkAddress.parse("/" + gatewayIp), 15008)),
            workload("gateway").account("gateway").at(gatewayIp));

        try (Socket socket = client.connect("198.18.255.2", 80)) {
          assertThat(TestApp.ask(socket, "hello")).isEqualTo("hello");
        }
        node.awaitLog("dst.identity=\"spiffe://cluster.local/ns/default/sa/far\"");
        farNode.awaitLog("src.identity=\"spiffe://" + CLIENT + "\"");
      }
    }
  }
}
