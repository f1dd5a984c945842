package dev.marrow.cli.drill.load;

import dev.marrow.conformance.wire.Field;
import dev.marrow.conformance.wire.Frame;
import dev.marrow.conformance.wire.Frames;
import dev.marrow.conformance.wire.HpackDecoder;
import dev.marrow.conformance.wire.HpackEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** One HTTP/2 connection with many requests at once. Thread-safe: a virtual thread reads. */
final class H2Client {
  /**
   * The peer did nothing with the request: another connection may be asked (RFC 9113 section 8.7).
   */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    Refused(String why) {
      super(why);
    }
  }

  /** A whole answer; {@code trailers} are its last head if it had two. */
  record Answer(String status, String grpcStatus, byte[] body) {}

  private static final class Waiting {
    final CompletableFuture<Answer> done = new CompletableFuture<>();
    final ByteArrayOutputStream body = new ByteArrayOutputStream();
    String status = "";
    String grpcStatus = "";
  }

  private static final int REFUSED_STREAM = 7;

  private final H2Link link;
  private final HpackDecoder hpack = new HpackDecoder();
  private final Map<Integer, Waiting> open = new ConcurrentHashMap<>();
  private int next = 1;
  private volatile boolean leaving;

  private H2Client(H2Link link) {
    this.link = link;
  }

  static H2Client start(Socket socket) throws IOException {
    socket.setSoTimeout(0);
    H2Client client = new H2Client(new H2Link(socket));
    client.link.preface();
    Thread.ofVirtual().name("h2-client").start(client::read);
    return client;
  }

  /** Whether requests may be sent. */
  boolean usable() {
    return !leaving;
  }

  /** Sends; the answer is completed by the reader. */
  CompletableFuture<Answer> send(List<Field> head, byte[] body) throws IOException {
    Waiting waiting = new Waiting();
    int id;
    // Numbers must reach the wire in order.
    synchronized (this) {
      if (leaving) throw new Refused("connection is leaving");
      id = next;
      next += 2;
      open.put(id, waiting);
      link.write(Frames.headers(id, false, HpackEncoder.encode(head)));
    }
    link.data(id, true, body);
    return waiting.done;
  }

  private void read() {
    try {
      while (true) take(link.next());
    } catch (IOException | RuntimeException e) {
      leaving = true;
      open.values()
          .forEach(waiting ->
              waiting.done.completeExceptionally(
                  new IOException("connection: " + e.getMessage(), e)));
      link.close();
    }
  }

  private void take(Frame frame) throws IOException {
    switch (frame.type()) {
      case Frame.GOAWAY -> leave(frame.number(0));
      case Frame.RST_STREAM -> {
        Waiting waiting = open.remove(frame.stream());
        if (waiting != null) {
          String why = "RST_STREAM " + frame.error();
          waiting.done.completeExceptionally(
              frame.number(0) == REFUSED_STREAM ? new Refused(why) : new IOException(why));
        }
        closeIfDone();
      }
      case Frame.HEADERS -> {
        List<Field> fields = hpack.decode(H2Echo.block(frame));
        Waiting waiting = open.get(frame.stream());
        if (waiting != null) {
          for (Field field : fields) {
            if (field.name().equals(":status")) waiting.status = field.value();
            if (field.name().equals("grpc-status")) waiting.grpcStatus = field.value();
          }
        }
        endIf(frame);
      }
      case Frame.DATA -> {
        Waiting waiting = open.get(frame.stream());
        if (waiting != null) waiting.body.writeBytes(H2Echo.content(frame));
        endIf(frame);
      }
      default -> {}
    }
  }

  private void endIf(Frame frame) {
    if (!frame.has(Frame.END_STREAM)) return;
    Waiting waiting = open.remove(frame.stream());
    if (waiting != null) {
      waiting.done.complete(
          new Answer(waiting.status, waiting.grpcStatus, waiting.body.toByteArray()));
    }
    closeIfDone();
  }

  private void leave(long last) {
    synchronized (this) {
      leaving = true;
    }
    open.forEach((id, waiting) -> {
      if (id > last) {
        open.remove(id);
        waiting.done.completeExceptionally(new Refused("GOAWAY, last stream " + last));
      }
    });
    closeIfDone();
  }

  private void closeIfDone() {
    if (leaving && open.isEmpty()) link.close();
  }

  void close() {
    link.goAway(0);
    link.close();
  }
}
