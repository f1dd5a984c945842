package dev.marrow.http.h1;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A transport whose other end is the test: what was written is text, what arrives is text. */
final class FakeTransport implements ByteStream {
  private final EventLoop loop = new EmbeddedChannel().eventLoop();
  private final StringBuilder written = new StringBuilder();
  private @Nullable Listener listener;
  int consumed;
  boolean finished;
  @Nullable Abort reset;
  boolean writable = true;

  void arrives(String text) {
    ByteBuf bytes = Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    listener().onBytes(bytes);
  }

  void ends() {
    listener().onFinish();
  }

  Listener listener() {
    Listener to = listener;
    if (to == null) {
      throw new IllegalStateException("listener: none (expected: one)");
    }
    return to;
  }

  /** What was written since the last call. */
  String written() {
    String text = written.toString();
    written.setLength(0);
    return text;
  }

  @Override
  public EventLoop loop() {
    return loop;
  }

  @Override
  public void listen(Listener listener) {
    this.listener = listener;
  }

  @Override
  public void write(ByteBuf bytes) {
    int length = bytes.readableBytes();
    written.append(bytes.toString(StandardCharsets.ISO_8859_1));
    bytes.release();
    listener().onWritten(length);
  }

  @Override
  public void flush() {}

  @Override
  public void finish() {
    finished = true;
  }

  @Override
  public void reset(Abort why) {
    reset = why;
  }

  @Override
  public boolean writable() {
    return writable;
  }

  @Override
  public void consumed(int bytes) {
    consumed += bytes;
  }
}
