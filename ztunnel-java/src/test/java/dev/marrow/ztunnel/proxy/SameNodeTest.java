package dev.marrow.ztunnel.proxy;

import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

/** What two pods of one node see is the same when they skip network and TLS: every test again. */
class SameNodeTest extends WholeProxyTest {
  @Override
  TestNode start(String network) {
    return new TestNode(network, true);
  }

  @Test
  void nobodyIsDialledOnTheTunnelPort() throws IOException {
    try (var node = new TestNode("", true)) {
      String a = TestNode.address();
      String b = TestNode.address();
      node.mesh.put(workload("a").account("a").at(a), workload("b").account("b").at(b));
      TestNode.Pod from = node.pod("a", a);
      node.pod("b", b);
      try (TestApp app = TestApp.echo(b);
          Socket socket = from.connect(b, app.port())) {
        assertThat(TestApp.ask(socket, "hello")).isEqualTo("hello");

        assertThat(node.pods.dump())
            .flatExtracting(pod -> pod.connections())
            .hasSize(2)
            .allSatisfy(c -> assertThat(c.protocol()).isEqualTo("HBONE"));
        assertThat(node.metrics.text(false)).doesNotContain("marrow_handshake_failures_total");
      }
    }
  }

  @Test
  void aSlowReaderHoldsTheWriterBack() throws Exception {
    try (var node = new TestNode("", true)) {
      String a = TestNode.address();
      String b = TestNode.address();
      node.mesh.put(workload("a").account("a").at(a), workload("b").account("b").at(b));
      TestNode.Pod from = node.pod("a", a);
      node.pod("b", b);
      try (var app = new ServerSocket(0, 1, java.net.InetAddress.ofLiteral(b));
          Socket socket = from.connect(b, app.getLocalPort())) {
        Socket accepted = app.accept();
        byte[] bytes = new byte[32 << 20];
        new java.util.Random(1).nextBytes(bytes);
        var writer =
            Thread.ofVirtual()
                .start(() -> {
                  try {
                    socket.getOutputStream().write(bytes);
                    socket.shutdownOutput();
                  } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                });

        assertThat(writer.join(java.time.Duration.ofMillis(300))).isFalse();
        assertThat(accepted.getInputStream().readAllBytes()).isEqualTo(bytes);
        accepted.close();
      }
    }
  }
}
