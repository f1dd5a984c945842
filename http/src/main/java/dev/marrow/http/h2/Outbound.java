package dev.marrow.http.h2;

import dev.marrow.http.ByteStream;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;

/**
 * Sends the bodies of a connection's streams as the peer's windows and the transport allow, one
 * buffer per stream in turn. Confined to its connection.
 */
final class Outbound {
  private final ByteStream transport;
  private final FrameWriter writer;
  private final Guard guard;

  /** Streams that may have something to send. */
  private final ArrayDeque<H2Stream> ready = new ArrayDeque<>();

  /** Streams that wait for the connection's window. */
  private final ArrayDeque<H2Stream> blocked = new ArrayDeque<>();

  private int window = Settings.DEFAULT_WINDOW;
  private int initialStreamWindow = Settings.DEFAULT_WINDOW;
  private boolean widened;
  private boolean pumping;

  Outbound(ByteStream transport, FrameWriter writer, Guard guard) {
    this.transport = transport;
    this.writer = writer;
    this.guard = guard;
  }

  int initialStreamWindow() {
    return initialStreamWindow;
  }

  /** The stream has something to send. */
  void offer(H2Stream stream) {
    if (stream.enqueue()) {
      ready.add(stream);
    }
    pump();
  }

  /** Sends until the transport is full, the windows are shut, or nothing is left. */
  void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    try {
      while (!ready.isEmpty() && transport.writable()) {
        sendOne(ready.remove());
      }
    } finally {
      pumping = false;
    }
  }

  /**
   * Sends what the windows allow of one stream, whatever the transport's state: a reset follows.
   */
  void sendAll(H2Stream stream) {
    SendQueue queue = stream.sendQueue();
    while (!queue.isEmpty() && queue.window() > 0 && window > 0) {
      sendData(stream, queue);
    }
  }

  private void sendOne(H2Stream stream) {
    stream.dequeued();
    SendQueue queue = stream.sendQueue();
    if (stream.localEnded()) {
      return;
    }
    if (queue.isEmpty()) {
      stream.sendEnd(writer);
      return;
    }
    if (queue.window() <= 0) {
      return;
    }
    if (window <= 0) {
      stream.enqueue();
      blocked.add(stream);
      return;
    }
    sendData(stream, queue);
    if (!stream.localEnded() && (!queue.isEmpty() || stream.endQueued()) && stream.enqueue()) {
      ready.add(stream);
    }
  }

  private void sendData(H2Stream stream, SendQueue queue) {
    int most = Math.min(Math.min(queue.window(), window), writer.maxFrameBytes());
    ByteBuf part = queue.take(most);
    int bytes = part.readableBytes();
    window -= bytes;
    guard.progress();
    boolean end = queue.isEmpty() && stream.endsWithData();
    writer.data(stream.id(), part, end);
    stream.sent(bytes, end);
  }

  /** WINDOW_UPDATE for the connection (RFC 9113 §6.9). */
  void credit(int increment) throws H2Error {
    if (increment == 0) {
      throw H2Error.connection(ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE: zero");
    }
    if (window + (long) increment > Integer.MAX_VALUE) {
      throw H2Error.connection(ErrorCode.FLOW_CONTROL_ERROR, "window: above 2^31-1");
    }
    window += increment;
    while (!blocked.isEmpty()) {
      ready.add(blocked.remove());
    }
    pump();
  }

  /**
   * SETTINGS_INITIAL_WINDOW_SIZE: open streams move by the difference, even below zero (§6.9.2).
   */
  void initialStreamWindow(int bytes, StreamTable streams) throws H2Error {
    int difference = bytes - initialStreamWindow;
    initialStreamWindow = bytes;
    boolean[] overflow = {false};
    streams.forEach(stream -> overflow[0] |= !stream.sendQueue().credit(difference));
    if (overflow[0]) {
      throw H2Error.connection(ErrorCode.FLOW_CONTROL_ERROR, "window: above 2^31-1");
    }
    widened |= difference > 0;
  }

  /** After SETTINGS were acknowledged: sends what larger windows let through. */
  void resume(StreamTable streams) {
    if (widened) {
      widened = false;
      streams.forEach(this::offerIfWaiting);
    }
  }

  void offerIfWaiting(H2Stream stream) {
    if (!stream.sendQueue().isEmpty()) {
      offer(stream);
    }
  }

  /** The stream is over: as long as the window stays shut, a peer could make us keep any number. */
  void leave(H2Stream stream) {
    if (!ready.remove(stream)) {
      blocked.remove(stream);
    }
  }

  /** Streams that have something to send and cannot. */
  int waiting() {
    return ready.size() + blocked.size();
  }

  void clear() {
    ready.clear();
    blocked.clear();
  }
}
