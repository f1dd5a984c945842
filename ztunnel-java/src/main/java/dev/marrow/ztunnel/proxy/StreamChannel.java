package dev.marrow.ztunnel.proxy;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;

/**
 * A byte stream as a Netty channel, so that TLS runs inside a tunnel. Confined to the stream's
 * event loop, on which it must be registered. Owns the stream.
 */
final class StreamChannel extends AbstractChannel implements DuplexChannel {
  private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);
  private static final InetSocketAddress NOWHERE = InetSocketAddress.createUnresolved("tunnel", 0);

  private final ByteStream stream;
  private final ChannelConfig config = new DefaultChannelConfig(this);
  private final ArrayDeque<ByteBuf> arrived = new ArrayDeque<>();
  private InetSocketAddress remote = NOWHERE;
  private boolean open = true;
  private boolean connected;
  private boolean reading;
  private boolean inputShutdown;
  private boolean outputShutdown;

  StreamChannel(ByteStream stream) {
    super(null);
    this.stream = stream;
  }

  private final class FromStream implements ByteStream.Listener {
    @Override
    public void onBytes(ByteBuf bytes) {
      arrived.add(bytes);
      deliver();
    }

    @Override
    public void onFinish() {
      inputShutdown = true;
      deliver();
    }

    @Override
    public void onReset(Abort why) {
      outputShutdown = true;
      unsafe().close(voidPromise());
    }

    @Override
    public void onWritable() {
      ChannelOutboundBuffer queued = unsafe().outboundBuffer();
      if (queued != null) {
        unsafe().flush();
      }
    }
  }

  private void deliver() {
    if (!reading || !connected) {
      return;
    }
    boolean any = false;
    for (ByteBuf bytes = arrived.poll(); bytes != null; bytes = arrived.poll()) {
      any = true;
      reading = false;
      int length = bytes.readableBytes();
      pipeline().fireChannelRead(bytes);
      stream.consumed(length);
    }
    if (any) {
      pipeline().fireChannelReadComplete();
    }
    if (inputShutdown && arrived.isEmpty()) {
      pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }
    if (config.isAutoRead() && open) {
      reading = true;
    }
  }

  @Override
  protected AbstractUnsafe newUnsafe() {
    return new StreamUnsafe();
  }

  private final class StreamUnsafe extends AbstractUnsafe {
    @Override
    public void connect(SocketAddress to, SocketAddress from, ChannelPromise promise) {
      remote = (InetSocketAddress) to;
      connected = true;
      promise.trySuccess();
      pipeline().fireChannelActive();
      stream.listen(new FromStream());
      deliver();
    }
  }

  @Override
  protected void doBeginRead() {
    reading = true;
    if (!arrived.isEmpty() || inputShutdown) {
      eventLoop().execute(this::deliver);
    }
  }

  @Override
  protected void doWrite(ChannelOutboundBuffer in) {
    while (stream.writable()) {
      if (!(in.current() instanceof ByteBuf bytes)) {
        break;
      }
      stream.write(bytes.retain());
      in.remove();
    }
    stream.flush();
  }

  @Override
  protected void doClose() {
    open = false;
    arrived.forEach(ByteBuf::release);
    arrived.clear();
    if (outputShutdown && inputShutdown) {
      stream.finish();
    } else {
      stream.reset(Abort.CANCELLED);
    }
  }

  @Override
  protected void doShutdownOutput() {
    outputShutdown = true;
    stream.finish();
  }

  @Override
  protected void doBind(SocketAddress address) {
    throw new UnsupportedOperationException("bind: a stream is connected only");
  }

  @Override
  protected void doDisconnect() {
    doClose();
  }

  @Override
  protected boolean isCompatible(EventLoop loop) {
    return loop == stream.loop();
  }

  @Override
  protected SocketAddress localAddress0() {
    return NOWHERE;
  }

  @Override
  protected SocketAddress remoteAddress0() {
    return remote;
  }

  @Override
  public ChannelConfig config() {
    return config;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public boolean isActive() {
    return open && connected;
  }

  @Override
  public ChannelMetadata metadata() {
    return METADATA;
  }

  @Override
  public boolean isInputShutdown() {
    return inputShutdown;
  }

  @Override
  public boolean isOutputShutdown() {
    return outputShutdown;
  }

  @Override
  public boolean isShutdown() {
    return inputShutdown && outputShutdown;
  }

  @Override
  public ChannelFuture shutdownOutput() {
    return shutdownOutput(newPromise());
  }

  @Override
  public ChannelFuture shutdownOutput(ChannelPromise promise) {
    ((AbstractUnsafe) unsafe()).shutdownOutput(promise);
    return promise;
  }

  @Override
  public ChannelFuture shutdownInput() {
    return shutdownInput(newPromise());
  }

  @Override
  public ChannelFuture shutdownInput(ChannelPromise promise) {
    inputShutdown = true;
    return promise.setSuccess();
  }

  @Override
  public ChannelFuture shutdown() {
    return shutdown(newPromise());
  }

  @Override
  public ChannelFuture shutdown(ChannelPromise promise) {
    inputShutdown = true;
    return shutdownOutput(promise);
  }
}
