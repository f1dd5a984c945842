package dev.marrow.ztunnel.proxy;

import dev.marrow.identity.PeerCheck;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.workload.Workload;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The pods of this node that may be reached without network and TLS. Thread-safe.
 *
 * <p>Between two pods we speak for, a tunnel would prove to ourselves what we know: we hold both
 * keys. The rest stays as it is: identities, policies, reports on both sides.
 */
public final class Neighbours {
  private final Map<PodName, PodLoops> pods = new ConcurrentHashMap<>();

  void add(PodName name, PodLoops loops) {
    pods.put(name, loops);
  }

  void remove(PodName name, PodLoops loops) {
    pods.remove(name, loops);
  }

  /**
   * The pod at the end of {@code tunnel}, on the same event loop as {@code home}, if a tunnel to it
   * would be accepted by both sides' rules of identity.
   */
  Optional<PodLoop> find(MeshView view, PodLoop home, Workload own, Route.Tunnel tunnel) {
    Identities identities = home.node().identities();
    return view.workload(tunnel.destination().uid())
        .filter(w -> w.has(tunnel.nextHop().getAddress()))
        .filter(w -> tunnel.nextHop().getPort() == IllegalPorts.TUNNEL)
        .filter(w -> tunnel.accepted().contains(w.identity()))
        .filter(w -> trusts(identities, w, own))
        .filter(w -> identities.certificates().current(w.identity()).isPresent())
        .filter(w -> identities.certificates().current(own.identity()).isPresent())
        .flatMap(w -> find(w, home));
  }

  private static boolean trusts(Identities identities, Workload server, Workload client) {
    var domain = server.identity().trustDomain();
    return new PeerCheck.SameTrustDomain(domain, identities.aliases()).accepts(client.identity());
  }

  private Optional<PodLoop> find(Workload workload, PodLoop home) {
    var name = new PodName(workload.namespace(), workload.name(), workload.serviceAccount());
    return Optional.ofNullable(pods.get(name)).flatMap(loops -> loops.on(home.loop()));
  }
}
