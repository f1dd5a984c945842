package dev.marrow.ztunnel.proxy;

import dev.marrow.hbone.Dialer;
import dev.marrow.hbone.TunnelSockets;
import dev.marrow.hbone.TunnelTarget;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Optional;

/** Dials tunnels from a pod's network namespace, so with the pod's own address. */
record PodDialer(Sockets sockets) implements Dialer {
  @Override
  public ChannelFuture dial(
      TunnelTarget target, EventLoop loop, ChannelHandler first, Duration timeout) {
    var bootstrap =
        new Bootstrap().group(loop).channelFactory(sockets::tunnelConnection).handler(first);
    ChannelFuture dialled =
        TunnelSockets.connect(
            loop, TunnelSockets.configure(bootstrap, timeout), target.nextHop(), Optional.empty());
    return dialled.addListener(done -> {
      if (done.isSuccess()) {
        sockets.tunnelConnected(dialled.channel());
      }
    });
  }
}
