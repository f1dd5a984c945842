package dev.marrow.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * Receive buffers that follow the traffic of one channel, 2 KiB to 108 KiB, with room in front for
 * a frame header, or for a TLS record that came in part ({@link RecordCumulator}). One read per
 * wake-up: with large buffers a second one mostly finds nothing.
 */
final class ReceiveBuffers implements RecvByteBufAllocator {
  private static final int HEADROOM = 16;

  /** The largest record (RFC 8446 §5.2). */
  private static final int RECORD = 5 + (16 << 10) + 256;

  private static final int LEAST = 2 << 10;

  /**
   * With the room and with what TLS adds this stays below 128 KiB. The allocator pools nothing
   * above 256 KiB in a small heap; a buffer from outside the pool is cleared first and given back
   * to the system afterwards, which takes as long as encrypting it.
   */
  private static final int MOST = 108 << 10;

  private static final ReceiveBuffers PLAIN = new ReceiveBuffers(false);
  private static final ReceiveBuffers TLS = new ReceiveBuffers(true);

  private final boolean tls;

  static ReceiveBuffers of(boolean tls) {
    return tls ? TLS : PLAIN;
  }

  private ReceiveBuffers(boolean tls) {
    this.tls = tls;
  }

  @Override
  @SuppressWarnings("deprecation") // The interface has no other way.
  public Handle newHandle() {
    return new Adaptive(tls);
  }

  /**
   * Grows fourfold when a read fills it; halves after several reads that leave most of it empty.
   */
  private static final class Adaptive implements ExtendedHandle {
    private static final int PATIENCE = 4;

    private final boolean tls;
    private int size = LEAST;
    private int attempted;
    private int last;
    private int sparse;
    private boolean read;

    Adaptive(boolean tls) {
      this.tls = tls;
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator alloc) {
      // Small reads bring whole records, or so little that it does not matter how they are joined.
      int room = tls && size > RECORD ? RECORD : HEADROOM;
      return alloc.ioBuffer(room + size).setIndex(room, room);
    }

    @Override
    public int guess() {
      return size;
    }

    @Override
    public void reset(ChannelConfig config) {
      read = false;
    }

    @Override
    public void incMessagesRead(int messages) {
      read = true;
    }

    @Override
    public void lastBytesRead(int bytes) {
      last = bytes;
      if (bytes >= size) {
        size = Math.min(4 * size, MOST);
        sparse = 0;
      } else if (bytes > size / 4) {
        sparse = 0;
      } else if (++sparse >= PATIENCE) {
        size = Math.max(size / 2, LEAST);
        sparse = 0;
      }
    }

    @Override
    public int lastBytesRead() {
      return last;
    }

    @Override
    public void attemptedBytesRead(int bytes) {
      attempted = bytes;
    }

    @Override
    public int attemptedBytesRead() {
      return attempted;
    }

    @Override
    public boolean continueReading() {
      return !read;
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
      return !read;
    }

    @Override
    public void readComplete() {}
  }
}
