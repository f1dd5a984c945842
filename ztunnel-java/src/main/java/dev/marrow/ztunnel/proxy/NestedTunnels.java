package dev.marrow.ztunnel.proxy;

import dev.marrow.hbone.Baggage;
import dev.marrow.hbone.ConnectRequest;
import dev.marrow.hbone.Forwarded;
import dev.marrow.hbone.PendingTunnel;
import dev.marrow.hbone.PoolSettings;
import dev.marrow.hbone.TraceParent;
import dev.marrow.hbone.TunnelPool;
import dev.marrow.hbone.TunnelResult;
import dev.marrow.hbone.TunnelTarget;
import dev.marrow.http.ByteStream;
import dev.marrow.mesh.workload.Workload;
import io.netty.bootstrap.Bootstrap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Opens a tunnel inside a tunnel: the outer one to a network's gateway, from the pool; in its
 * stream a TLS and HTTP/2 connection of its own, for one inner tunnel only. Confined to its loop.
 */
final class NestedTunnels {
  private static final String FORWARDED_NETWORK = "x-forwarded-network";

  private final PodLoop home;
  private final Workload own;
  private Runnable giveUp = () -> {};
  private boolean cancelled;

  NestedTunnels(PodLoop home, Workload own) {
    this.home = home;
    this.own = own;
  }

  /** Opens both; the result is the inner one. Run what is returned to give up. */
  Runnable open(
      TunnelTarget gateway,
      ConnectRequest outer,
      Route.NestedTunnel route,
      Consumer<TunnelResult> done) {
    PendingTunnel pending =
        home.pool().connect(gateway, outer, result -> outerDone(gateway, route, result, done));
    giveUp = pending::cancel;
    return () -> {
      cancelled = true;
      giveUp.run();
    };
  }

  private void outerDone(
      TunnelTarget gateway,
      Route.NestedTunnel route,
      TunnelResult result,
      Consumer<TunnelResult> done) {
    switch (result) {
      case TunnelResult.Failed failed -> done.accept(failed);
      case TunnelResult.Opened opened -> inner(gateway, route, opened.stream(), done);
    }
  }

  private void inner(
      TunnelTarget gateway,
      Route.NestedTunnel route,
      ByteStream stream,
      Consumer<TunnelResult> done) {
    if (cancelled) {
      stream.listen(Ignored.LISTENER);
      stream.reset(dev.marrow.http.Abort.CANCELLED);
      return;
    }
    TunnelPool one = poolOfOne(stream);
    var target =
        new TunnelTarget(
            own.identity(), gateway.nextHop(), route.accepted(), gateway.sourceAddress());
    PendingTunnel pending =
        one.connect(
            target,
            request(route),
            result -> {
              // No second tunnel will ask; the connection ends with its only one.
              one.drain(java.time.Duration.ofDays(365));
              done.accept(result);
            });
    giveUp =
        () -> {
          pending.cancel();
          one.close();
        };
  }

  private ConnectRequest request(Route.NestedTunnel route) {
    return new ConnectRequest(
        route.authority(),
        home.node().rules().features().baggage() ? Parties.baggage(own) : Baggage.NONE,
        Forwarded.NONE,
        TraceParent.random(),
        Map.of(FORWARDED_NETWORK, home.node().rules().network()));
  }

  private TunnelPool poolOfOne(ByteStream stream) {
    PoolSettings settings = home.node().tunnels().client();
    return new TunnelPool(
        home.loop(),
        home.node().identities().certificates(),
        home.node().identities().client(),
        (target, loop, first, timeout) ->
            new Bootstrap()
                .group(loop)
                .channelFactory(() -> new StreamChannel(stream))
                .handler(first)
                .connect(target.nextHop()),
        settings);
  }
}
