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
    ByteBuf joined =
        ByteBufAllocator.DEFAULT
            .buffer(waiting.readableBytes() + bytes.readableBytes())
            .writeBytes(waiting)
            .writeBytes(bytes);
    waiting.release();
    bytes.release();
    return joined;
  }
}
