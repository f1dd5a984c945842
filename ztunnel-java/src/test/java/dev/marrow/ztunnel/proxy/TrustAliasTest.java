package dev.marrow.ztunnel.proxy;

import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.identity.TrustDomain;
import java.io.IOException;
import java.net.Socket;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Peers whose trust domain is another name of ours. */
class TrustAliasTest {
  private final String clientIp = TestNode.address();
  private final String shopIp = TestNode.address();

  private TestNode.Pod client(TestNode node) throws IOException {
    node.mesh.put(
        workload("client").account("client").trustDomain("old.local").at(clientIp),
        workload("shop").account("shop").at(shopIp));
    node.pod("shop", shopIp);
    return node.pod("client", clientIp);
  }

  @Test
  void aPeerOfAnAliasIsLetInUnderItsOwnName() throws IOException {
    try (var node = new TestNode(Set.of(TrustDomain.parse("old.local")));
        var app = TestApp.echo(shopIp);
        Socket socket = client(node).connect(shopIp, app.port())) {
      assertThat(TestApp.ask(socket, "hello")).isEqualTo("hello");

      socket.close();
      node.awaitLog("direction=\"inbound\"");
      assertThat(node.log()).contains("src.identity=\"spiffe://old.local/ns/default/sa/client\"");
    }
  }

  @Test
  void withoutTheAliasItIsRefused() throws IOException {
    try (var node = new TestNode();
        var app = TestApp.echo(shopIp)) {
      TestNode.Pod client = client(node);

      assertThat(TestApp.refused(() -> client.connect(shopIp, app.port()))).isTrue();
    }
  }
}
