package dev.marrow.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;

/**
 * A Netty channel as a {@link ByteStream}, with or without an {@code SslHandler} in front. Reads
 * only while less than the limit is unconsumed; a FIN without close_notify on a TLS channel is
 * {@link Abort#TRUNCATED}. Confined to the channel's event loop.
 */
public final class ChannelStream implements ByteStream {
  /** Writing should stop above 512 KiB and may go on below 256 KiB. */
  public static final WriteBufferWaterMark WATERMARK =
      new WriteBufferWaterMark(256 << 10, 512 << 10);

  private final Channel channel;

  private ChannelStream(Channel channel) {
    this.channel = channel;
  }

  /**
   * Puts a stream at the end of the pipeline of {@code channel}, which must be registered, have
   * {@code autoRead} off and allow half-closure; the stream owns it from now on. Call on its loop.
   */
  public static ChannelStream on(Channel channel) {
    return new ChannelStream(channel);
  }

  public Channel channel() {
    return channel;
  }

  @Override
  public EventLoop loop() {
    return channel.eventLoop();
  }

  @Override
  public void listen(Listener listener) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void write(ByteBuf bytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void flush() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void finish() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void reset(Abort why) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean writable() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void consumed(int bytes) {
    throw new UnsupportedOperationException();
  }
}
