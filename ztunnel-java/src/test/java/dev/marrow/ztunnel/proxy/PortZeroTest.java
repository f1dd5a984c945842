package dev.marrow.ztunnel.proxy;

import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A SYN may name port 0, and redirection brings it to us: nobody listens there. */
class PortZeroTest {
  private final TestNode node = new TestNode();
  private final String ip = TestNode.address();
  private TestNode.Pod pod;

  @BeforeEach
  void start() throws IOException {
    node.mesh.put(workload("client").account("client").at(ip));
    pod = node.pod("client", ip);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void anAppThatCallsItIsRefusedUnderAName() throws IOException {
    assertThat(TestApp.refused(() -> pod.connect(ip, 0))).isTrue();

    node.awaitLog("direction=\"outbound\" error=\"port: 0 (expected: 1 to 65535)\"");
    assertThat(pod.proxy().open().join()).isEmpty();
  }

  @Test
  void aPeerThatCallsItInPlaintextIsRefusedUnderAName() throws IOException {
    assertThat(TestApp.refused(() -> pod.plaintext(0))).isTrue();

    node.awaitLog("direction=\"inbound\" error=\"port: 0 (expected: 1 to 65535)\"");
  }
}
