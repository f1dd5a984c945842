package dev.marrow.hbone;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.time.Duration;

/** Opens TCP connections; the place for network namespaces, marks and source addresses. */
@FunctionalInterface
public interface Dialer {
  /**
   * Starts to connect to {@code target.nextHop()} on {@code loop}.
   *
   * @param first to be the channel's handler (it builds the pipeline when the channel is
   *     registered); the channel must have {@code autoRead} off and half-closure allowed: see
   *     {@link TunnelSockets#configure}
   * @return completes when connected or failed; cancelling it closes the channel
   */
  ChannelFuture dial(TunnelTarget target, EventLoop loop, ChannelHandler first, Duration timeout);
}
