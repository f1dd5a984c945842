package dev.marrow.nodeagent.zds;

import dev.marrow.linux.FileDescriptor;
import dev.marrow.linux.Packet;
import dev.marrow.linux.SeqPacketSocket;
import dev.marrow.proto.zds.Version;
import dev.marrow.proto.zds.WorkloadResponse;
import dev.marrow.proto.zds.ZdsHello;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * One connected node proxy. One request at a time: the next is sent when the last was answered.
 * Used by one thread at a time.
 */
public final class NodeProxy implements AutoCloseable {
  private static final int REPLY_BYTES = 4096;

  private final SeqPacketSocket socket;
  private final Duration deadline;

  private NodeProxy(SeqPacketSocket socket, Duration deadline) {
    this.socket = socket;
    this.deadline = deadline;
  }

  /**
   * Waits for the greeting. Takes over {@code socket}.
   *
   * @param deadline for the greeting, and for each request and its answer
   */
  static NodeProxy greeted(SeqPacketSocket socket, Duration deadline) throws IOException {
    var proxy = new NodeProxy(socket, deadline);
    try {
      ZdsHello hello = ZdsHello.parseFrom(proxy.receive());
      if (hello.getVersion() != Version.V1) {
        throw new IOException("version: %d (expected: 1)".formatted(hello.getVersionValue()));
      }
      return proxy;
    } catch (IOException | RuntimeException failure) {
      proxy.close();
      throw failure;
    }
  }

  /** Sends one request and waits for its answer: empty, or why the proxy refuses. */
  Optional<String> ask(byte[] request, FileDescriptor... passed) throws IOException {
    socket.send(request, deadline, passed);
    WorkloadResponse response = WorkloadResponse.parseFrom(receive());
    if (!response.hasAck()) {
      throw new IOException("an answer without an ack");
    }
    return Optional.of(response.getAck().getError()).filter(error -> !error.isEmpty());
  }

  private byte[] receive() throws IOException {
    Optional<Packet> packet = socket.receive(REPLY_BYTES, deadline);
    if (packet.isEmpty()) {
      throw new IOException("the node proxy closed the connection");
    }
    try (Packet open = packet.get()) {
      return open.bytes();
    }
  }

  /** Between two requests a proxy is silent; whatever can be read then is its end. */
  boolean ended() {
    try {
      return socket.readable();
    } catch (IOException closed) {
      return true;
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
