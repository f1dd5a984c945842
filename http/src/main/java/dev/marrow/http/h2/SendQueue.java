package dev.marrow.http.h2;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What one stream has yet to send, and the peer's window for it. Confined to its connection. */
final class SendQueue {
  /** The usual case, one buffer in and out again, needs no queue behind it. */
  private @Nullable ByteBuf first;

  private @Nullable ArrayDeque<ByteBuf> rest;
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
    return first == null;
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
    if (first == null) {
      first = buffer;
      return;
    }
    if (rest == null) {
      rest = new ArrayDeque<>(4);
    }
    rest.add(buffer);
  }

  /** Takes at most {@code most} bytes of the first buffer, and that much of the window. */
  ByteBuf take(int most) {
    ByteBuf buffer = first;
    if (buffer == null) {
      throw new IllegalStateException("queue: empty (expected: >= 1 buffer)");
    }
    ByteBuf part = buffer;
    if (buffer.readableBytes() > most) {
      part = buffer.readRetainedSlice(most);
    } else {
      first = rest == null ? null : rest.poll();
    }
    moved = true;
    bytes -= part.readableBytes();
    window -= part.readableBytes();
    return part;
  }

  /** Whether something waits that has not moved since the last call. */
  boolean stalled() {
    boolean stalled = first != null && !moved;
    moved = first == null;
    return stalled;
  }

  void release() {
    while (first != null) {
      first.release();
      first = rest == null ? null : rest.poll();
    }
    bytes = 0;
  }
}
