package dev.marrow.hbone;

import dev.marrow.http.ChannelStream;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import java.time.Duration;

/** How sockets of tunnels, and those relayed into tunnels, are set up. */
public final class TunnelSockets {
  private TunnelSockets() {}

  /** Sets what {@link ChannelStream} needs: no auto-read, half-closure, buffers, no delay. */
  public static Bootstrap configure(Bootstrap bootstrap, Duration connectTimeout) {
    return bootstrap
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectTimeout.toMillis())
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(ChannelOption.AUTO_READ, false)
        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, ChannelStream.WATERMARK);
  }

  /** Dials from this process's own network namespace, without mark or source address. */
  public static Dialer direct(ChannelFactory<? extends Channel> sockets) {
    return (target, loop, first, timeout) -> {
      var bootstrap =
          new Bootstrap().group(loop).channelFactory(sockets::newChannel).handler(first);
      ChannelFuture connected = configure(bootstrap, timeout).connect(target.nextHop());
      return connected;
    };
  }
}
