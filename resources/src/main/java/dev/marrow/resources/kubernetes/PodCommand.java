package dev.marrow.resources.kubernetes;

import io.fabric8.kubernetes.client.http.WebSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * A command that runs in a pod: what it writes comes in messages that begin with the number of
 * their channel (protocol v4.channel.k8s.io). Written to by the client library, one message at a
 * time.
 */
final class PodCommand implements WebSocket.Listener {
  static final String PROTOCOL = "v4.channel.k8s.io";
  private static final int OUTPUT = 1;
  private static final int COMPLAINTS = 2;
  private static final int END = 3;
  private static final int LONGEST = 64 << 20;

  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final ByteArrayOutputStream complaints = new ByteArrayOutputStream();
  private final CompletableFuture<String> done = new CompletableFuture<>();

  /** All it has written, once it has ended well. */
  CompletableFuture<String> done() {
    return done;
  }

  @Override
  public void onMessage(WebSocket socket, ByteBuffer message) {
    int channel = message.hasRemaining() ? message.get() : 0;
    byte[] bytes = new byte[message.remaining()];
    message.get(bytes);
    switch (channel) {
      case OUTPUT -> output.writeBytes(bytes);
      case COMPLAINTS -> complaints.writeBytes(bytes);
      case END -> ended(new String(bytes, StandardCharsets.UTF_8));
      default -> {}
    }
    if (output.size() + complaints.size() > LONGEST) {
      done.completeExceptionally(new IOException("more than " + LONGEST + " bytes"));
    }
    socket.request();
  }

  private void ended(String status) {
    try {
      if (ApiServer.JSON.readTree(status).path("status").stringValue("").equals("Success")) {
        done.complete(output.toString(StandardCharsets.UTF_8));
        return;
      }
    } catch (JacksonException unreadable) {
      // Then the text itself has to do.
    }
    String why = complaints.toString(StandardCharsets.UTF_8).strip();
    done.completeExceptionally(new IOException(why.isEmpty() ? status : why));
  }

  @Override
  public void onClose(WebSocket socket, int code, @Nullable String reason) {
    done.completeExceptionally(new IOException("ended early: " + code + " " + reason));
  }

  @Override
  public void onError(WebSocket socket, Throwable error) {
    done.completeExceptionally(error instanceof IOException io ? io : new IOException(error));
  }
}
