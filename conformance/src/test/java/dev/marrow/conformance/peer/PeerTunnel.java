package dev.marrow.conformance.peer;

import dev.marrow.conformance.wire.ErrorCode;
import dev.marrow.conformance.wire.Frames;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** One CONNECT stream and its application socket: a thread for each direction. */
final class PeerTunnel {
  private static final int DIAL_MILLIS = 5_000;
  private static final int CHUNK = 16_384;

  private record Part(byte[] bytes, int padding, boolean end) {}

  private final PeerConnection connection;
  private final int stream;
  private final RequestRules.Target target;
  private final BlockingQueue<Part> incoming = new LinkedBlockingQueue<>();
  private final Socket socket = new Socket();
  private int window = PeerConnection.WINDOW;
  private boolean ended;
  private boolean clientDone;
  private boolean applicationDone;
  private boolean closed;

  PeerTunnel(PeerConnection connection, int stream, RequestRules.Target target) {
    this.connection = connection;
    this.stream = stream;
    this.target = target;
  }

  int port() {
    return target.port();
  }

  void start(boolean ends) {
    if (ends) {
      ended = true;
      incoming.add(new Part(new byte[0], 0, true));
    }
    Thread.ofVirtual().start(this::run);
  }

  private void run() {
    try {
      if (connection.has(Defect.ANSWERS_BEFORE_DIALLING)) {
        connection.answer(stream, 200);
      }
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(target.host(), target.port()), DIAL_MILLIS);
      if (!connection.has(Defect.ANSWERS_BEFORE_DIALLING)) {
        connection.answer(stream, 200);
      }
    } catch (IOException e) {
      refuse();
      return;
    }
    Thread.ofVirtual().start(this::toApplication);
    toClient();
  }

  private void refuse() {
    connection.forget(stream);
    try {
      if (!isClosed()) {
        connection.answer(stream, 503);
      }
      socket.close();
    } catch (IOException e) {
      reset();
    }
  }

  /** Called by the reader of the connection. */
  void receive(byte[] bytes, int padding, boolean end) throws Violation {
    if (ended) {
      throw new Violation(stream, ErrorCode.STREAM_CLOSED);
    }
    synchronized (this) {
      window -= bytes.length + padding;
      if (window < 0 && !connection.has(Defect.IGNORES_THE_RECEIVERS_WINDOW)) {
        throw new Violation(stream, ErrorCode.FLOW_CONTROL_ERROR);
      }
    }
    ended = end;
    incoming.add(new Part(bytes, padding, end));
  }

  private void toApplication() {
    try {
      while (true) {
        Part part = incoming.take();
        socket.getOutputStream().write(part.bytes());
        int consumed = part.bytes().length + part.padding();
        synchronized (this) {
          window += consumed;
        }
        connection.consumed(part.end() ? 0 : stream, consumed);
        if (part.end()) {
          clientFinished();
          return;
        }
      }
    } catch (IOException e) {
      abort();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void clientFinished() throws IOException {
    if (connection.has(Defect.RESETS_INSTEAD_OF_HALF_CLOSING)) {
      abort();
      return;
    }
    socket.shutdownOutput();
    finished(true, false);
  }

  private void toClient() {
    byte[] buffer = new byte[CHUNK];
    try {
      if (connection.has(Defect.WAITS_FOR_THE_CLIENT)) {
        while (incoming.isEmpty() && window == PeerConnection.WINDOW && !isClosed()) {
          Thread.sleep(5);
        }
      }
      for (int n = socket.getInputStream().read(buffer);
          n >= 0;
          n = socket.getInputStream().read(buffer)) {
        send(Arrays.copyOf(buffer, n));
      }
      if (connection.has(Defect.LOSES_THE_LAST_BYTES)) {
        connection.write(Frames.reset(stream, ErrorCode.CANCEL));
      } else if (connection.has(Defect.ENDS_BOTH_WAYS_AT_ONCE)) {
        // First the application's socket: what the client sends until it sees the end must be lost.
        close();
        connection.write(Frames.data(stream, true, new byte[0]));
        return;
      } else {
        connection.write(Frames.data(stream, true, new byte[0]));
      }
      finished(false, true);
    } catch (IOException e) {
      abort();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(byte[] bytes) throws IOException, InterruptedException {
    if (connection.has(Defect.CHANGES_BYTES) && bytes.length > 1000) {
      bytes[999] ^= 1;
    }
    if (connection.has(Defect.LOSES_THE_LAST_BYTES) && bytes.length > 100) {
      bytes = Arrays.copyOf(bytes, bytes.length - 1);
    }
    if (connection.has(Defect.IGNORES_THE_SENDERS_WINDOW)) {
      connection.write(Frames.data(stream, false, bytes));
      return;
    }
    for (int at = 0; at < bytes.length; ) {
      int credit = connection.credit().take(stream, bytes.length - at);
      if (credit == 0) {
        throw new IOException("the stream is gone");
      }
      connection.write(Frames.data(stream, false, Arrays.copyOfRange(bytes, at, at + credit)));
      at += credit;
    }
  }

  private synchronized void finished(boolean client, boolean application) throws IOException {
    clientDone |= client;
    applicationDone |= application;
    if (clientDone && applicationDone) {
      close();
    }
  }

  private synchronized void close() throws IOException {
    closed = true;
    connection.forget(stream);
    socket.close();
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  // The application broke off: the client must not take it for a clean end.
  private void abort() {
    if (isClosed() || connection.has(Defect.KEEPS_TUNNELS_AFTER_TRUNCATION)) {
      return;
    }
    try {
      connection.forget(stream);
      connection.write(
          connection.has(Defect.SENDS_FIN_FOR_RST)
              ? Frames.data(stream, true, new byte[0])
              : Frames.reset(stream, ErrorCode.CONNECT_ERROR));
    } catch (IOException e) {
      // The connection ends as well.
    }
    reset();
  }

  /** The client broke off: the application must not take it for a clean end. */
  void reset() {
    synchronized (this) {
      closed = true;
    }
    connection.credit().forget(stream);
    try {
      if (!connection.has(Defect.TELLS_THE_APPLICATION_FIN_FOR_RST)) {
        socket.setSoLinger(true, 0);
      }
      socket.close();
    } catch (IOException e) {
      // Closed already.
    }
  }
}
