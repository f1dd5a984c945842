package dev.marrow.ztunnel.proxy;

import dev.marrow.hbone.Baggage;
import dev.marrow.hbone.ConnectRequest;
import dev.marrow.hbone.Forwarded;
import dev.marrow.hbone.NestedDialer;
import dev.marrow.hbone.PendingTunnel;
import dev.marrow.hbone.TraceParent;
import dev.marrow.hbone.TunnelPool;
import dev.marrow.hbone.TunnelResult;
import dev.marrow.hbone.TunnelTarget;
import dev.marrow.mesh.workload.Workload;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Opens a tunnel inside a tunnel: the outer one to a network's gateway, from the pod's pool; in its
 * stream a TLS and HTTP/2 connection of its own, for one inner tunnel only. Confined to its loop.
 */
final class NestedTunnels {
  private static final String FORWARDED_NETWORK = "x-forwarded-network";
  private static final Duration AS_LONG_AS_IT_LIVES = Duration.ofDays(365);

  private final PodLoop home;
  private final Workload own;

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
    var one =
        new TunnelPool(
            home.loop(),
            home.node().identities().certificates(),
            home.peers(),
            new NestedDialer(home.pool(), inner -> new NestedDialer.Way(gateway, outer)),
            home.node().tunnels().client(),
            home.budget());
    var inner =
        new TunnelTarget(
            own.identity(), gateway.nextHop(), route.accepted(), gateway.sourceAddress());
    PendingTunnel pending =
        one.connect(
            inner,
            request(route),
            result -> {
              // No second tunnel will ask; the connection ends with its only one.
              one.drain(AS_LONG_AS_IT_LIVES);
              done.accept(result);
            });
    return () -> {
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
}
