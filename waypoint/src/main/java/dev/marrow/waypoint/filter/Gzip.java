package dev.marrow.waypoint.filter;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Compresses one body as it passes (RFC 1952). Holds native memory until {@link #close()}. Not
 * thread-safe.
 */
public final class Gzip implements AutoCloseable {
  /** Magic number, method 8, no flags, no time, no hints, unknown system. */
  private static final byte[] HEAD = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

  private static final int CHUNK = 8 * 1024;

  private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
  private final CRC32 sum = new CRC32();
  private boolean begun;

  /**
   * What there is to send after {@code bytes}, possibly nothing.
   *
   * @param bytes stays the caller's
   * @param now whether the receiver must be able to read all of it at once
   */
  public ByteBuf add(ByteBuf bytes, boolean now, ByteBufAllocator allocator) {
    ByteBuf out = begin(allocator);
    byte[] array = new byte[bytes.readableBytes()];
    bytes.getBytes(bytes.readerIndex(), array);
    sum.update(array);
    deflater.setInput(array);
    deflate(out, now ? Deflater.SYNC_FLUSH : Deflater.NO_FLUSH);
    return out;
  }

  /** What is left, and the end. */
  public ByteBuf finish(ByteBufAllocator allocator) {
    ByteBuf out = begin(allocator);
    deflater.finish();
    deflate(out, Deflater.NO_FLUSH);
    out.writeIntLE((int) sum.getValue());
    out.writeIntLE((int) deflater.getBytesRead());
    return out;
  }

  private ByteBuf begin(ByteBufAllocator allocator) {
    ByteBuf out = allocator.buffer(CHUNK);
    if (!begun) {
      begun = true;
      out.writeBytes(HEAD);
    }
    return out;
  }

  private void deflate(ByteBuf out, int flush) {
    byte[] chunk = new byte[CHUNK];
    int count = deflater.deflate(chunk, 0, CHUNK, flush);
    while (count > 0) {
      out.writeBytes(chunk, 0, count);
      count = count < CHUNK ? 0 : deflater.deflate(chunk, 0, CHUNK, flush);
    }
  }

  @Override
  public void close() {
    deflater.end();
  }
}
