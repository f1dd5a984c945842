package dev.marrow.hbone;

import dev.marrow.http.ChannelStream;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One event loop, epoll if there is, and sockets on loopback. Close it last. */
public final class Loops implements AutoCloseable {
  private static final boolean EPOLL = Epoll.isAvailable();

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          1, EPOLL ? SteadyEpoll.newFactory() : NioIoHandler.newFactory());

  public EventLoop loop() {
    return group.next();
  }

  /** A new client socket, for {@link TunnelSockets#direct}. */
  public static Channel socket() {
    return EPOLL ? new EpollSocketChannel() : new NioSocketChannel();
  }

  /** Listens on a free port of loopback; each accepted channel goes to {@code accepted}. */
  public Channel listen(Consumer<Channel> accepted) {
    return new ServerBootstrap()
        .group(group)
        .channel(EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
        .option(ChannelOption.SO_BACKLOG, 1024)
        .childOption(ChannelOption.AUTO_READ, false)
        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, ChannelStream.WATERMARK)
        .childHandler(once(accepted))
        .bind("127.0.0.1", 0)
        .syncUninterruptibly()
        .channel();
  }

  /** Connects to {@code address}; the channel goes to {@code connected} once it is up. */
  public void connect(InetSocketAddress address, Consumer<ChannelStream> connected) {
    connect(address, connected, failure -> {});
  }

  /** As above; {@code failed} hears of a connection refused. */
  public void connect(
      InetSocketAddress address, Consumer<ChannelStream> connected, Consumer<Throwable> failed) {
    var bootstrap =
        new Bootstrap().group(loop()).channelFactory(Loops::socket).handler(once(c -> {}));
    TunnelSockets.configure(bootstrap, Duration.ofSeconds(5))
        .connect(address)
        .addListener((io.netty.channel.ChannelFuture done) -> {
          if (done.isSuccess()) {
            connected.accept(ChannelStream.on(done.channel()));
          } else {
            failed.accept(done.cause());
          }
        });
  }

  /** Runs {@code action} on the loop and returns what it returns. */
  public <T> T call(Callable<T> action) {
    return loop().submit(action).syncUninterruptibly().getNow();
  }

  public void run(Runnable action) {
    loop().submit(action).syncUninterruptibly();
  }

  private static ChannelHandler once(Consumer<Channel> action) {
    return new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel channel) {
        action.accept(channel);
      }
    };
  }

  @Override
  public void close() {
    // A quiet moment, so that channels closing now release what they hold.
    group.shutdownGracefully(50, 2000, TimeUnit.MILLISECONDS).syncUninterruptibly();
  }
}
