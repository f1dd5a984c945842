package dev.marrow.resources.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PodCommandTest {
  private final PodCommand command = new PodCommand();

  private final WebSocket socket =
      new WebSocket() {
        @Override
        public boolean send(ByteBuffer buffer) {
          return true;
        }

        @Override
        public boolean sendClose(int code, String reason) {
          return true;
        }

        @Override
        public long queueSize() {
          return 0;
        }

        @Override
        public void request() {
          // All that is sent is handed on anyway.
        }
      };

  private void comes(int channel, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    command.onMessage(
        socket, ByteBuffer.allocate(bytes.length + 1).put((byte) channel).put(bytes).flip());
  }

  @Test
  void whatItWritesComesInPieces() {
    comes(1, "one ");
    comes(1, "two");
    comes(3, "{\"status\":\"Success\"}");

    assertThat(command.done().join()).isEqualTo("one two");
  }

  @Test
  void itsComplaintIsTheReason() {
    comes(2, "wget: no such page");
    comes(3, "{\"status\":\"Failure\",\"message\":\"exit code 1\"}");

    assertThatThrownBy(command.done()::join).hasMessageContaining("no such page");
  }

  @Test
  void anEarlyEndIsAFailure() {
    comes(1, "half");
    command.onClose(socket, 1006, "gone");

    assertThatThrownBy(command.done()::join).hasMessageContaining("ended early");
  }
}
