package dev.marrow.ztunnel.proxy;

import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.revocation.CrlStore;
import dev.marrow.identity.revocation.TestCrl;
import dev.marrow.ztunnel.proxy.TestNode.Pod;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A revocation list that appears while connections are open. */
class RevokedPeerTest {
  private static final SpiffeId CLIENT =
      SpiffeId.parse("spiffe://cluster.local/ns/default/sa/client");
  private static final SpiffeId SHOP = SpiffeId.parse("spiffe://cluster.local/ns/default/sa/shop");

  @TempDir private Path directory;
  private CrlStore lists;
  private TestNode node;
  private TestApp app;
  private Pod client;
  private String shopIp;

  @BeforeEach
  void start() throws IOException {
    lists = CrlStore.open(directory, CrlStore.Unknown.ACCEPT, Clock.systemUTC());
    node = new TestNode(lists);
    lists.onChange(node.pods::judgePeers);
    shopIp = TestNode.address();
    String clientIp = TestNode.address();
    app = TestApp.echo(shopIp);
    node.mesh.put(
        workload("client").account("client").at(clientIp),
        workload("shop").account("shop").at(shopIp));
    client = node.pod("client", clientIp);
    node.pod("shop", shopIp);
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
    app.close();
  }

  @Test
  void aRevokedClientLosesItsOpenConnectionAndGetsNoOther() throws IOException {
    try (Socket open = connect()) {
      assertThat(TestApp.ask(open, "before")).isEqualTo("before");

      revoke(CLIENT);

      assertCut(open);
    }
    assertRefused();
    assertThat(node.metrics.text(false))
        .containsPattern("crl_policy_rejections_total\\{reporter=\"destination\"} [1-9]");
  }

  @Test
  void aRevokedServerLosesItsOpenConnectionAndGetsNoOther() throws IOException {
    try (Socket open = connect()) {
      assertThat(TestApp.ask(open, "before")).isEqualTo("before");

      revoke(SHOP);

      assertCut(open);
    }
    assertRefused();
  }

  @Test
  void aListThatNamesSomebodyElseCutsNothing() throws IOException {
    try (Socket open = connect()) {
      assertThat(TestApp.ask(open, "before")).isEqualTo("before");

      revoke(SpiffeId.parse("spiffe://cluster.local/ns/default/sa/other"));

      assertThat(TestApp.ask(open, "after")).isEqualTo("after");
    }
  }

  private Socket connect() throws IOException {
    return client.connect(shopIp, app.port());
  }

  private void revoke(SpiffeId id) throws IOException {
    X509Certificate leaf = node.certificates.current(id).orElseThrow().leaf();
    Files.write(directory.resolve("now.crl"), TestCrl.der(TestNode.CA, Instant.now(), leaf));
    assertThat(lists.reload()).isTrue();
  }

  private static void assertCut(Socket open) {
    assertThatThrownBy(() -> open.getInputStream().read()).hasMessage("Connection reset");
  }

  private void assertRefused() throws IOException {
    try (Socket next = connect()) {
      assertThatThrownBy(() -> TestApp.ask(next, "again"))
          .rootCause()
          .hasMessage("Connection reset");
    }
    node.awaitLog("revoked");
  }
}
