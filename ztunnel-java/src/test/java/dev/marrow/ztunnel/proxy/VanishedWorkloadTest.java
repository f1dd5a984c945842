package dev.marrow.ztunnel.proxy;

import static dev.marrow.mesh.TestMesh.policy;
import static dev.marrow.mesh.TestMesh.principals;
import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.identity.SpiffeId;
import dev.marrow.mesh.MeshDelta;
import dev.marrow.mesh.policy.PolicyAction;
import dev.marrow.mesh.policy.PolicyScope;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pods whose workload the mesh does not know, or no longer: they may live on for a while. */
class VanishedWorkloadTest {
  private final TestNode node = new TestNode();
  private final String clientIp = TestNode.address();
  private final String shopIp = TestNode.address();
  private TestNode.Pod client;
  private TestNode.Pod shop;
  private TestApp app;

  @BeforeEach
  void start() throws IOException {
    app = TestApp.echo(shopIp);
    node.mesh.put(
        workload("client").account("client").at(clientIp),
        workload("shop").account("shop").at(shopIp));
    client = node.pod("client", clientIp);
    shop = node.pod("shop", shopIp);
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
    app.close();
  }

  private void forgetShop() {
    node.mesh.apply(
        new MeshDelta(
            Set.of("Kubernetes//Pod/default/shop"),
            Set.of(),
            Set.of(),
            List.of(),
            List.of(),
            List.of()));
  }

  @Test
  void aPolicyStillCutsWhatIsOpen() throws IOException {
    try (Socket socket = client.connect(shopIp, app.port())) {
      TestApp.ask(socket, "hello");
      forgetShop();

      node.mesh.put(
          policy(
              "default/no",
              PolicyScope.NAMESPACE,
              PolicyAction.DENY,
              principals("cluster.local/ns/default/sa/client")));

      assertThat(TestApp.over(socket)).isTrue();
    }
    node.awaitLog("error=\"connection closed due to policy change\"");
  }

  @Test
  void theCertificateOfAPodThatLeavesIsNotRenewedForEver() throws Exception {
    forgetShop();

    shop.proxy().stop();

    shop.proxy().ended().get(5, java.util.concurrent.TimeUnit.SECONDS);
    TestNode.await(
        () ->
            node.certificates.forgotten.contains(
                SpiffeId.parse("spiffe://cluster.local/ns/default/sa/shop")),
        "certificate forgotten");
  }

  @Test
  void aPeerThatWaitsForAPodThatEndsIsNotKept() throws IOException {
    String ip = TestNode.address();
    TestNode.Pod unknown = node.pod("unknown", ip);
    try (Socket socket = new Socket(ip, IllegalPorts.TUNNEL)) {
      socket.setSoTimeout((int) Duration.ofSeconds(5).toMillis());
      TestNode.await(() -> unknown.proxy().size().join() == 1, "accepted");

      unknown.proxy().stop();

      assertThat(TestApp.over(socket)).isTrue();
    }
    node.awaitLog("error=\"connection closed due to connection drain\"");
  }
}
