package dev.marrow.http.h2;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/** A transport in memory: the test pushes bytes in and looks at what came out. */
final class FakeTransport implements ByteStream, AutoCloseable {
  private final EventLoop loop;
  private final ByteBuf written = Unpooled.buffer();
  private @Nullable Listener listener;
  private boolean writable = true;
  private boolean finished;
  private boolean reset;

  FakeTransport() {
    this(new DefaultEventLoop());
  }

  FakeTransport(EventLoop loop) {
    this.loop = loop;
  }

  /** Delivers bytes as one read. */
  void push(byte[] bytes, int from, int length) {
    if (listener != null) {
      listener.onBytes(Unpooled.directBuffer().writeBytes(bytes, from, length));
    }
  }

  ByteBuf written() {
    return written;
  }

  boolean finished() {
    return finished;
  }

  boolean wasReset() {
    return reset;
  }

  void writable(boolean is) {
    writable = is;
    if (is && listener != null) {
      listener.onWritable();
    }
  }

  @Override
  public EventLoop loop() {
    return loop;
  }

  @Override
  public void listen(Listener receiver) {
    listener = receiver;
  }

  @Override
  public void write(ByteBuf bytes) {
    written.writeBytes(bytes);
    bytes.release();
  }

  @Override
  public void flush() {}

  @Override
  public void finish() {
    finished = true;
  }

  @Override
  public void reset(Abort why) {
    reset = true;
    finished = true;
  }

  @Override
  public boolean writable() {
    return writable;
  }

  @Override
  public void consumed(int bytes) {}

  @Override
  public void close() {
    loop.shutdownGracefully(0, 0, java.util.concurrent.TimeUnit.SECONDS);
    written.release();
  }
}
