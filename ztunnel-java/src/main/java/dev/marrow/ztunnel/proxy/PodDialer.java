package dev.marrow.ztunnel.proxy;

import dev.marrow.hbone.Dialer;
import dev.marrow.hbone.TunnelSockets;
import dev.marrow.hbone.TunnelTarget;
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
    ChannelFuture dialled =
        TunnelSockets.connect(
            loop, sockets::tunnelConnection, first, timeout, target.nextHop(), Optional.empty());
    return dialled.addListener(done -> {
      if (done.isSuccess()) {
        sockets.tunnelConnected(dialled.channel());
      }
    });
  }
}
