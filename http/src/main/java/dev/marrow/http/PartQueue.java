package dev.marrow.http;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Parts of a body that wait, in order. A part is mostly a slice of the buffer in which it was
 * received, and keeps all of it: a small one that waits behind others is therefore copied, so that
 * what is held is in proportion to the bytes that wait. Confined to an event loop.
 */
public final class PartQueue {
  /** What is larger is worth its buffer. */
  private static final int SMALL = 4 << 10;

  /** In front of copies: for the header of a frame. */
  private static final int ROOM = 16;

  /** A buffer of copies begins with so little, since most queues never hold much. */
  private static final int LEAST = 256;

  /** As much as one frame mostly takes. */
  private static final int MOST = 16 << 10;

  /** The usual case, one buffer in and out again, needs no queue behind it. */
  private @Nullable ByteBuf first;

  private @Nullable ArrayDeque<ByteBuf> rest;

  /** The last of {@link #rest}, if it is ours and may grow. Nobody has slices of it. */
  private @Nullable ByteBuf open;

  /** Owns {@code part}. */
  public void add(ByteBuf part) {
    if (first == null) {
      first = part;
      return;
    }
    if (rest == null) {
      rest = new ArrayDeque<>(4);
    }
    if (part.readableBytes() <= SMALL) {
      append(rest, part);
    } else {
      open = null;
      rest.add(part);
    }
  }

  private void append(ArrayDeque<ByteBuf> queue, ByteBuf part) {
    int count = part.readableBytes();
    ByteBuf to = open;
    if (to == null || to.maxWritableBytes() < count) {
      int size = Math.max(LEAST, 2 * count);
      to = part.alloc().directBuffer(ROOM + size, ROOM + MOST).setIndex(ROOM, ROOM);
      queue.add(to);
      open = to;
    }
    to.writeBytes(part);
    part.release();
  }

  public boolean isEmpty() {
    return first == null;
  }

  /** Shows every part in order; the queue keeps them. A duplicate may be kept. */
  public void forEach(Consumer<ByteBuf> action) {
    open = null;
    if (first != null) {
      action.accept(first);
    }
    if (rest != null) {
      rest.forEach(action);
    }
  }

  /** The first part, still in the queue. */
  public @Nullable ByteBuf peek() {
    return first;
  }

  /** Takes the first part out; the caller owns it. */
  public @Nullable ByteBuf poll() {
    ByteBuf part = first;
    first = rest == null ? null : rest.poll();
    if (first == open) {
      // From now on slices of it may be taken, which would not survive its growth.
      open = null;
    }
    return part;
  }

  public void release() {
    for (ByteBuf part = poll(); part != null; part = poll()) {
      part.release();
    }
  }
}
