package dev.marrow.ztunnel.proxy;

import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import org.junit.jupiter.api.Test;

/** What proxies are told of the mesh. */
class PodsTest {
  @Test
  void whatChangedBeforeAProxyWasAddedReachesItsConnections() throws IOException {
    String outside = TestNode.address();
    String ip = TestNode.address();
    try (var node = new TestNode();
        TestApp app = TestApp.echo(outside)) {
      TestNode.Pod late = node.listening("late", ip);
      try (Socket socket = late.connect(outside, app.port())) {
        TestNode.await(() -> late.proxy().size().join() == 1, "accepted");
        node.mesh.put(workload("late").account("late").at(ip));

        node.pods.add("uid-late", late.proxy());

        assertThat(TestApp.ask(socket, "hello")).isEqualTo("hello");
      }
    }
  }
}
