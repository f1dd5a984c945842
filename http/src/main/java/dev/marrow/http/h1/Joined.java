package dev.marrow.http.h1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** Puts what arrived behind what waits. */
final class Joined {
  private Joined() {}

  /** Owns both, and hands over one. */
  static ByteBuf of(@Nullable ByteBuf waiting, ByteBuf bytes) {
    if (waiting == null) {
      return bytes;
    }
    int count = bytes.readableBytes();
    ByteBuf joined = waiting;
    boolean ours = waiting.refCnt() == 1 && !waiting.isReadOnly();
    if (!ours || waiting.maxFastWritableBytes() < count) {
      int size = waiting.readableBytes() + count;
      // Room for as much again: who sends single bytes must not cost a copy of all before each.
      joined = ByteBufAllocator.DEFAULT.buffer(2 * size).writeBytes(waiting);
      waiting.release();
    }
    joined.writeBytes(bytes);
    bytes.release();
    return joined;
  }
}
