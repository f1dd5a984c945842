package dev.marrow.nodeagent.zds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeLockTest {
  @TempDir Path dir;

  @Test
  void aSecondAgentOfANodeIsToldSo() throws IOException {
    Path socket = dir.resolve("run/ztunnel.sock");
    try (var first = NodeLock.take(socket)) {
      assertThat(first).isNotNull();
      assertThatThrownBy(() -> NodeLock.take(socket))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another node agent works on this node");
    }

    NodeLock.take(socket).close();
  }

  @Test
  void aSecondProcessIsToldSoToo() throws Exception {
    Path socket = dir.resolve("ztunnel.sock");
    String java = ProcessHandle.current().info().command().orElseThrow();
    try (var first = NodeLock.take(socket)) {
      assertThat(first).isNotNull();
      Process second =
          new ProcessBuilder(
                  java,
                  "-cp",
                  System.getProperty("java.class.path"),
                  Second.class.getName(),
                  socket.toString())
              .start();
      assertThat(second.waitFor()).isEqualTo(3);
    }
  }

  /** Another process that wants the node. */
  static final class Second {
    private Second() {}

    public static void main(String[] arguments) {
      try {
        NodeLock.take(Path.of(arguments[0]));
      } catch (IOException taken) {
        System.exit(3);
      }
    }
  }
}
