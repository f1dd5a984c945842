package dev.marrow.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * Receive buffers that follow the traffic of one channel, 2 KiB to 256 KiB, with room in front for
 * a frame header. One read per wake-up: with large buffers a second one mostly finds nothing.
 */
final class ReceiveBuffers implements RecvByteBufAllocator {
  static final int HEADROOM = 16;
  private static final int LEAST = 2 << 10;
  private static final int MOST = 256 << 10;

  @Override
  @SuppressWarnings("deprecation") // The interface has no other way.
  public Handle newHandle() {
    return new Adaptive();
  }

  /**
   * Grows fourfold when a read fills it; halves after several reads that leave most of it empty.
   */
  private static final class Adaptive implements ExtendedHandle {
    private static final int PATIENCE = 4;

    private int size = LEAST;
    private int attempted;
    private int last;
    private int sparse;
    private boolean read;

    @Override
    public ByteBuf allocate(ByteBufAllocator alloc) {
      return alloc.ioBuffer(HEADROOM + size).setIndex(HEADROOM, HEADROOM);
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
