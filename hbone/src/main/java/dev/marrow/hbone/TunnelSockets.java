package dev.marrow.hbone;

import dev.marrow.http.ChannelStream;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;

/** How sockets of tunnels, and those relayed into tunnels, are set up. */
public final class TunnelSockets {
  private TunnelSockets() {}

  /**
   * Sets what {@link ChannelStream} needs: no auto-read, half-closure. No delay is what Netty gives
   * every socket anyway.
   */
  public static Bootstrap configure(Bootstrap bootstrap, Duration connectTimeout) {
    return bootstrap
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectTimeout.toMillis())
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(ChannelOption.AUTO_READ, false)
        .option(ChannelOption.ALLOW_HALF_CLOSURE, true);
  }

  /**
   * Registers and connects in one turn of {@code loop}, on which this is called. A bootstrap's own
   * connect comes a task later; if the loop looks for events in between,
   *
   * <ol>
   *   <li>epoll reports a hang-up, as for every socket that is not connected,
   *   <li>the channel reads, is told that it is not connected, and closes,
   *   <li>the connect that follows fails: a busy proxy would refuse for no reason.
   * </ol>
   *
   * The future's listeners run on {@code loop} in any case. Netty tells of a socket that could not
   * even be made on a thread of its own, where nobody may touch a connection.
   */
  public static ChannelFuture connect(
      EventLoop loop, Bootstrap bootstrap, SocketAddress remote, Optional<SocketAddress> local) {
    if (!loop.inEventLoop()) {
      return local.isPresent() ? bootstrap.connect(remote, local.get()) : bootstrap.connect(remote);
    }
    ChannelFuture registered = bootstrap.register();
    if (!registered.isSuccess()) {
      ChannelPromise failed = new DefaultChannelPromise(registered.channel(), loop);
      registered.addListener(done -> loop.execute(() -> failed.tryFailure(done.cause())));
      return failed;
    }
    Channel channel = registered.channel();
    ChannelFuture connected =
        local.isPresent() ? channel.connect(remote, local.get()) : channel.connect(remote);
    return connected.addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
  }

  /**
   * The same for a socket that {@code made} gives all options but those of {@link #configure}.
   * Without a bootstrap: that sets options by looking through lists for each, for each connection.
   */
  public static ChannelFuture connect(
      EventLoop loop,
      ChannelFactory<? extends SocketChannel> made,
      ChannelHandler first,
      Duration timeout,
      SocketAddress remote,
      Optional<SocketAddress> local) {
    SocketChannel channel;
    try {
      channel = made.newChannel();
    } catch (RuntimeException none) {
      ChannelFactory<SocketChannel> again =
          () -> {
            throw none;
          };
      var failing = new Bootstrap().group(loop).channelFactory(again).handler(first);
      return connect(loop, failing, remote, local);
    }
    channel.config().setConnectTimeoutMillis((int) timeout.toMillis());
    channel.config().setAutoRead(false);
    channel.config().setAllowHalfClosure(true);
    channel.pipeline().addLast(first);
    ChannelFuture registered = loop.register(channel);
    if (registered.cause() != null) {
      channel.unsafe().closeForcibly();
      return registered;
    }
    ChannelFuture connected =
        local.isPresent() ? channel.connect(remote, local.get()) : channel.connect(remote);
    return connected.addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
  }

  /** Dials from this process's own network namespace, without mark or source address. */
  public static Dialer direct(ChannelFactory<? extends Channel> sockets) {
    return (target, loop, first, timeout) -> {
      var bootstrap =
          new Bootstrap().group(loop).channelFactory(sockets::newChannel).handler(first);
      return connect(loop, configure(bootstrap, timeout), target.nextHop(), Optional.empty());
    };
  }
}
