package dev.marrow.hbone;

import dev.marrow.http.StreamChannel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Function;

/**
 * Dials through another tunnel (double HBONE): the inner pool's connections are streams of the
 * outer pool's. Confined to the loop of both pools.
 *
 * @param outer the pool that carries
 * @param way how to get to the inner target: the outer one and what to ask it for
 */
public record NestedDialer(TunnelPool outer, Function<TunnelTarget, Way> way) implements Dialer {
  /** An outer hop and the CONNECT for it. */
  public record Way(TunnelTarget outer, ConnectRequest request) {}

  @Override
  public ChannelFuture dial(
      TunnelTarget target, EventLoop loop, ChannelHandler first, Duration timeout) {
    StreamChannel channel = StreamChannel.on(loop, first);
    Way through = way.apply(target);
    PendingTunnel pending =
        outer.connect(
            through.outer(),
            through.request(),
            result -> {
              switch (result) {
                case TunnelResult.Opened opened -> channel.attach(opened.stream());
                case TunnelResult.Failed failed ->
                    channel.fail(new IOException("outer tunnel: " + failed.detail()));
              }
            });
    channel.closeFuture().addListener(closed -> pending.cancel());
    return channel.attached();
  }
}
