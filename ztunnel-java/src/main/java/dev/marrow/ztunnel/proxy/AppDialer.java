package dev.marrow.ztunnel.proxy;

import dev.marrow.hbone.TunnelSockets;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;

/** Dials applications and plain addresses from a pod's network namespace. Confined to its loop. */
final class AppDialer {
  private static final int PORT_ATTEMPTS = 16;
  // The transport's exceptions have the number of the error in their text only.
  private static final String ADDRESS_IN_USE = "error(-98)";
  private static final String ADDRESS_NOT_AVAILABLE = "error(-99)";

  /** Ours comes when the channel is connected. */
  private static final ChannelHandler NOTHING =
      new ChannelInitializer<Channel>() {
        @Override
        protected void initChannel(Channel channel) {}
      };

  private final EventLoop loop;
  private final Sockets sockets;
  private final Duration timeout;

  AppDialer(EventLoop loop, Sockets sockets, Duration timeout) {
    this.loop = loop;
    this.sockets = sockets;
    this.timeout = timeout;
  }

  /** Connects to a plain address anywhere, from the pod's own. */
  ChannelFuture dial(InetSocketAddress to) {
    return connect(sockets::connection, to, Optional.empty());
  }

  /** Connects to an application of this node, from the pod's own address. */
  ChannelFuture dialLocal(InetSocketAddress to) {
    return connect(sockets::localConnection, to, Optional.empty());
  }

  /**
   * Connects to an application of this node, from {@code client}'s address, if that can be and
   * makes sense.
   */
  ChannelFuture dialAs(InetAddress client, InetSocketAddress to) {
    boolean sameFamily = client.getClass() == to.getAddress().getClass();
    if (!sockets.transparent() || !sameFamily || client.equals(to.getAddress())) {
      return dialLocal(to);
    }
    for (int attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
      ChannelFuture dialled = dialFrom(sockets.addressAs(client), to);
      // Whether a port is free shows at once, whether anybody answers does not.
      if (!dialled.isDone() || !portTaken(dialled)) {
        return dialled;
      }
    }
    return dialFrom(new InetSocketAddress(client, 0), to);
  }

  private ChannelFuture dialFrom(InetSocketAddress client, InetSocketAddress to) {
    return connect(() -> sockets.connectionAs(client.getAddress()), to, Optional.of(client));
  }

  private static boolean portTaken(ChannelFuture dialled) {
    String why = dialled.isSuccess() ? "" : String.valueOf(dialled.cause().getMessage());
    return why.contains(ADDRESS_IN_USE) || why.contains(ADDRESS_NOT_AVAILABLE);
  }

  private ChannelFuture connect(
      ChannelFactory<SocketChannel> made, InetSocketAddress to, Optional<SocketAddress> from) {
    return TunnelSockets.connect(loop, made, NOTHING, timeout, to, from);
  }
}
