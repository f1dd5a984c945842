package dev.marrow.waypoint.proxy;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * A stream whose first bytes somebody looks at before it goes on to its listener. Confined to the
 * stream's event loop.
 */
final class PeekedStream implements ByteStream, ByteStream.Listener {
  /** Looks at all bytes that have come so far, after each arrival and at the end. */
  interface Peek {
    void onPeek(byte[] bytes, int length, boolean ended);

    void onReset(Abort why);
  }

  private final ByteStream stream;
  private final int most;
  private @Nullable Peek peek;
  private @Nullable ByteBuf kept;
  private @Nullable Listener listener;
  private @Nullable Abort aborted;
  private boolean grows;
  private boolean finished;
  private int shown;

  private PeekedStream(ByteStream stream, int most) {
    this.stream = stream;
    this.most = most;
  }

  /** At most {@code most} bytes are shown; more are kept all the same. */
  static PeekedStream on(ByteStream stream, int most, Peek peek) {
    PeekedStream peeked = new PeekedStream(stream, most);
    peeked.peek = peek;
    return peeked;
  }

  void start() {
    stream.listen(this);
  }

  @Override
  public void onBytes(ByteBuf bytes) {
    Listener to = listener;
    if (to != null) {
      to.onBytes(bytes);
      return;
    }
    ByteBuf before = kept;
    if (before == null) {
      kept = bytes;
    } else {
      kept = growing(before).writeBytes(bytes);
      bytes.release();
    }
    show();
  }

  /** All is copied once, and again only as often as it doubles: it may come byte by byte. */
  private ByteBuf growing(ByteBuf before) {
    if (grows) {
      return before;
    }
    grows = true;
    ByteBuf copy = ByteBufAllocator.DEFAULT.buffer(2 * before.readableBytes()).writeBytes(before);
    before.release();
    return copy;
  }

  private void show() {
    ByteBuf bytes = kept;
    Peek to = peek;
    if (to == null || listener != null || shown == most) {
      return;
    }
    int length = bytes == null ? 0 : Math.min(bytes.readableBytes(), most);
    shown = length;
    byte[] copy = new byte[length];
    if (bytes != null) {
      bytes.getBytes(bytes.readerIndex(), copy);
    }
    to.onPeek(copy, length, finished);
  }

  @Override
  public void onFinish() {
    finished = true;
    Listener to = listener;
    if (to != null) {
      to.onFinish();
    } else {
      show();
    }
  }

  @Override
  public void onReset(Abort why) {
    Listener to = listener;
    Peek peeking = peek;
    aborted = why;
    drop();
    if (to != null) {
      to.onReset(why);
    } else if (peeking != null) {
      peeking.onReset(why);
    }
  }

  private void drop() {
    ByteBuf bytes = kept;
    kept = null;
    if (bytes != null) {
      stream.consumed(bytes.readableBytes());
      bytes.release();
    }
  }

  @Override
  public void onWritable() {
    Listener to = listener;
    if (to != null) {
      to.onWritable();
    }
  }

  @Override
  public void onWritten(int bytes) {
    Listener to = listener;
    if (to != null) {
      to.onWritten(bytes);
    }
  }

  @Override
  public EventLoop loop() {
    return stream.loop();
  }

  /** On a stream that was reset meanwhile, says so at once. */
  @Override
  public void listen(Listener listener) {
    this.listener = listener;
    peek = null;
    ByteBuf bytes = kept;
    kept = null;
    if (bytes != null) {
      listener.onBytes(bytes);
    }
    Abort why = aborted;
    if (why != null) {
      listener.onReset(why);
    } else if (finished) {
      listener.onFinish();
    }
  }

  @Override
  public void write(ByteBuf bytes) {
    stream.write(bytes);
  }

  @Override
  public void flush() {
    stream.flush();
  }

  @Override
  public void finish() {
    stream.finish();
  }

  @Override
  public void reset(Abort why) {
    drop();
    stream.reset(why);
  }

  @Override
  public boolean writable() {
    return stream.writable();
  }

  @Override
  public void consumed(int bytes) {
    stream.consumed(bytes);
  }
}
