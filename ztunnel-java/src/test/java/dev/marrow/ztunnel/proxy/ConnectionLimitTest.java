package dev.marrow.ztunnel.proxy;

import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A pod that may have two connections, on whichever event loops. */
class ConnectionLimitTest {
  private final TestNode node = TestNode.withConnections(2);
  private final String ip = TestNode.address();
  private final List<Socket> open = new ArrayList<>();
  private TestNode.Pod pod;

  @BeforeEach
  void start() throws IOException {
    node.mesh.put(workload("client").account("client").at(ip));
    pod = node.pod("client", ip);
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
    node.close();
  }

  /** One after the other: event loops do not wait for each other's count. */
  private void awaitCounted(int before) {
    TestNode.await(() -> pod.proxy().size().join() == Math.min(2, before + 1), "it is counted");
  }

  private void awaitRefused() {
    TestNode.await(
        () -> node.metrics.text(false).contains("marrow_connections_over_limit_total 4\n"),
        "all but two are refused");
  }

  @Test
  void connectionsOfAppsAreBounded() throws IOException {
    String outside = TestNode.address();
    try (TestApp app = TestApp.echo(outside)) {
      for (int i = 0; i < 6; i++) {
        open.add(pod.connect(outside, app.port()));
        awaitCounted(i);
      }

      awaitRefused();
      assertThat(pod.proxy().open().join()).hasSize(2);
    }
  }

  @Test
  void connectionsOfPeersAreBoundedBeforeTheyHaveTunnels() throws IOException {
    for (int i = 0; i < 6; i++) {
      open.add(new Socket(ip, IllegalPorts.TUNNEL));
      awaitCounted(i);
    }

    awaitRefused();
    assertThat(pod.proxy().size().join()).isEqualTo(2);
  }
}
