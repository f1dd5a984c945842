package dev.marrow.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Netty channel whose bytes travel in a {@link ByteStream}, so that handlers, TLS above all, can
 * run inside a tunnel. It is registered when made and becomes active with {@link #attach}. Confined
 * to the loop of both.
 */
public final class StreamChannel extends AbstractChannel {
  private static final ChannelMetadata METADATA = new ChannelMetadata(false);
  private static final SocketAddress NOWHERE = new InetSocketAddress(0);

  /** What was written goes on through the tunnel at the pace of its reader. */
  private static final int LINGER_SECONDS = 20;

  private final ChannelConfig config = new DefaultChannelConfig(this).setAutoRead(false);
  private final PartQueue received = new PartQueue();
  private final ChannelPromise attached = newPromise();
  private @Nullable ByteStream stream;
  private boolean reading;
  private boolean inputEnded;
  private boolean inputTold;
  private boolean closed;

  private StreamChannel() {
    super((Channel) null);
  }

  /**
   * A channel on {@code loop} that waits for its stream.
   *
   * @param first builds the pipeline
   */
  public static StreamChannel on(EventLoop loop, ChannelHandler first) {
    var channel = new StreamChannel();
    channel.pipeline().addLast(first);
    loop.register(channel);
    return channel;
  }

  /** Completes when a stream is attached, or with the reason why there will be none. */
  public ChannelFuture attached() {
    return attached;
  }

  /** Makes the channel active; owns {@code byteStream} from now on. */
  public void attach(ByteStream byteStream) {
    if (closed) {
      byteStream.reset(Abort.CANCELLED);
      return;
    }
    stream = byteStream;
    attached.trySuccess();
    pipeline().fireChannelActive();
    byteStream.listen(new Receiver(byteStream));
  }

  /** There will be no stream. */
  public void fail(Throwable why) {
    attached.tryFailure(why);
    close();
  }

  @Override
  public ChannelConfig config() {
    return config;
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public boolean isActive() {
    return stream != null && !closed;
  }

  @Override
  public ChannelMetadata metadata() {
    return METADATA;
  }

  @Override
  protected AbstractUnsafe newUnsafe() {
    return new StreamUnsafe();
  }

  @Override
  protected boolean isCompatible(EventLoop loop) {
    return true;
  }

  @Override
  protected SocketAddress localAddress0() {
    return NOWHERE;
  }

  @Override
  protected SocketAddress remoteAddress0() {
    return NOWHERE;
  }

  @Override
  protected void doBind(SocketAddress address) {
    throw new UnsupportedOperationException("bind: inside a tunnel");
  }

  @Override
  protected void doDisconnect() {
    doClose();
  }

  @Override
  protected void doClose() {
    if (closed) {
      return;
    }
    closed = true;
    attached.tryFailure(new ClosedChannelException());
    received.release();
    ByteStream open = stream;
    if (open != null) {
      open.finish();
      eventLoop().schedule(() -> open.reset(Abort.CANCELLED), LINGER_SECONDS, TimeUnit.SECONDS);
    }
  }

  @Override
  protected void doBeginRead() {
    reading = true;
    // Not inside the caller: handlers read again from within their read callbacks.
    eventLoop().execute(this::deliver);
  }

  private void deliver() {
    if (!reading || closed || received.isEmpty() && !(inputEnded && !inputTold)) {
      return;
    }
    reading = false;
    for (ByteBuf bytes = next(); bytes != null; bytes = next()) {
      int count = bytes.readableBytes();
      pipeline().fireChannelRead(bytes);
      if (stream != null) {
        stream.consumed(count);
      }
    }
    pipeline().fireChannelReadComplete();
    if (inputEnded && !inputTold && !closed) {
      inputTold = true;
      pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }
  }

  private @Nullable ByteBuf next() {
    return closed ? null : received.poll();
  }

  @Override
  protected void doWrite(ChannelOutboundBuffer out) {
    ByteStream open = stream;
    if (open == null) {
      return;
    }
    while (open.writable() && out.current() instanceof ByteBuf bytes) {
      open.write(bytes.retain());
      out.remove();
    }
    open.flush();
  }

  /** What the stream brings. */
  private final class Receiver implements ByteStream.Listener {
    private final ByteStream from;

    Receiver(ByteStream from) {
      this.from = from;
    }

    @Override
    public void onBytes(ByteBuf bytes) {
      if (closed) {
        from.consumed(bytes.readableBytes());
        bytes.release();
        return;
      }
      received.add(bytes);
      deliver();
    }

    @Override
    public void onFinish() {
      inputEnded = true;
      deliver();
    }

    @Override
    public void onReset(Abort why) {
      pipeline().fireExceptionCaught(new StreamResetException(why));
      unsafe().close(voidPromise());
    }

    @Override
    public void onWritable() {
      unsafe().flush();
    }
  }

  private final class StreamUnsafe extends AbstractUnsafe {
    @Override
    public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
      promise.setFailure(new UnsupportedOperationException("connect: inside a tunnel"));
    }
  }
}
