package dev.marrow.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Makes few writes of many small ones: they are copied together up to the size of one TLS record.
 * What is large goes as it is. Confined to the channel's event loop.
 */
final class WriteBatch {
  /** The most plaintext in one record (RFC 8446 §5.1). */
  private static final int RECORD = 16 << 10;

  /** A copy of so little costs less than a record of its own. */
  private static final int SMALL = 4 << 10;

  private final Channel channel;
  private @Nullable ByteBuf batch;

  WriteBatch(Channel channel) {
    this.channel = channel;
  }

  /** Takes ownership of {@code bytes}. */
  void add(ByteBuf bytes) {
    int count = bytes.readableBytes();
    ByteBuf open = batch;
    if (open != null && (count > SMALL || count > RECORD - open.readableBytes())) {
      pass();
      open = null;
    }
    if (count > SMALL) {
      channel.write(bytes, channel.voidPromise());
    } else if (open == null) {
      // Most often nothing follows, so it is copied only if something does.
      batch = bytes;
    } else {
      batch = append(open, bytes);
    }
  }

  private ByteBuf append(ByteBuf open, ByteBuf bytes) {
    ByteBuf room = open;
    boolean ours = open.refCnt() == 1 && !open.isReadOnly();
    if (!ours || open.maxFastWritableBytes() < bytes.readableBytes()) {
      room = channel.alloc().directBuffer(RECORD).writeBytes(open);
      open.release();
    }
    room.writeBytes(bytes);
    bytes.release();
    return room;
  }

  /** Hands on what has come together. */
  void pass() {
    ByteBuf open = batch;
    if (open != null) {
      batch = null;
      channel.write(open, channel.voidPromise());
    }
  }

  void drop() {
    ByteBuf open = batch;
    if (open != null) {
      batch = null;
      open.release();
    }
  }
}
