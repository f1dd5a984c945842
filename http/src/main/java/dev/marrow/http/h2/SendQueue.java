package dev.marrow.http.h2;

import dev.marrow.http.PartQueue;
import io.netty.buffer.ByteBuf;

/** What one stream has yet to send, and the peer's window for it. Confined to its connection. */
final class SendQueue {
  private final PartQueue parts = new PartQueue();
  private int bytes;
  private int window;
  private boolean moved;

  SendQueue(int window) {
    this.window = window;
  }

  int window() {
    return window;
  }

  int bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  /** Adds to the window; false if it would exceed 2^31-1. */
  boolean credit(int increment) {
    long sum = (long) window + increment;
    if (sum > Integer.MAX_VALUE) {
      return false;
    }
    window = (int) sum;
    return true;
  }

  void add(ByteBuf buffer) {
    bytes += buffer.readableBytes();
    parts.add(buffer);
  }

  /** Takes at most {@code most} bytes of the first buffer, and that much of the window. */
  ByteBuf take(int most) {
    ByteBuf buffer = parts.peek();
    if (buffer == null) {
      throw new IllegalStateException("queue: empty (expected: >= 1 buffer)");
    }
    ByteBuf part = buffer;
    if (buffer.readableBytes() > most) {
      part = buffer.readRetainedSlice(most);
    } else {
      parts.poll();
    }
    moved = true;
    bytes -= part.readableBytes();
    window -= part.readableBytes();
    return part;
  }

  /** Whether something waits that has not moved since the last call. */
  boolean stalled() {
    boolean empty = isEmpty();
    boolean stalled = !empty && !moved;
    moved = empty;
    return stalled;
  }

  void release() {
    parts.release();
    bytes = 0;
  }
}
