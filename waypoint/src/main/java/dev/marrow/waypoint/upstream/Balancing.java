package dev.marrow.waypoint.upstream;

import dev.marrow.hbone.Authority;
import dev.marrow.hbone.TunnelTarget;
import dev.marrow.identity.SpiffeId;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.balance.BalanceRequest;
import dev.marrow.mesh.balance.Balancer;
import dev.marrow.mesh.balance.Pick;
import dev.marrow.mesh.workload.Endpoint;
import dev.marrow.mesh.workload.LoadBalancing;
import dev.marrow.mesh.workload.Place;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.TunnelProtocol;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.waypoint.destination.Traffic;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses among the workloads of services, and remembers what that needs: requests under way per
 * workload, whose turn it is, who failed. One per event loop and confined to it.
 */
public final class Balancing {
  private static final int TUNNEL_PORT = 15008;

  private final Optional<SpiffeId> own;
  private final Supplier<Place> place;
  private final RandomGenerator random;
  private final NetworkGateways gateways;
  private final Map<ServiceKey, State> services = new HashMap<>();

  private static final class State {
    final Map<String, Integer> active = new HashMap<>();
    final Outliers outliers = new Outliers();
    final Selector selector;

    State(RandomGenerator random) {
      selector = new Selector(random, e -> active.getOrDefault(e.workload().uid(), 0));
    }
  }

  /**
   * @param own our identity, for tunnels; none: only plain TCP
   * @param place where we are, for locality
   */
  public Balancing(Optional<SpiffeId> own, Supplier<Place> place, RandomGenerator random) {
    this.own = own;
    this.place = place;
    this.random = random;
    this.gateways = new NetworkGateways(random);
  }

  /**
   * Chooses a workload of a service.
   *
   * @param labels of the subset; empty: all
   * @param hash for consistent hashing
   * @param tried uids of workloads that have failed this request
   */
  public Choice choose(
      MeshView view,
      Service service,
      int port,
      Traffic traffic,
      Map<String, String> labels,
      OptionalLong hash,
      Set<String> tried) {
    State state = state(service.key());
    if (traffic.outliers().on()) {
      state.outliers.rules(traffic.outliers(), view.endpoints(service).size());
    }
    Place from = place.get();
    BalanceRequest request =
        new BalanceRequest(service, port, from, new BalanceRequest.Requested.Name(), tried);
    Traffic.Algorithm algorithm = traffic.balancing().algorithm();
    boolean listed =
        algorithm == Traffic.Algorithm.ROUND_ROBIN
            || hash.isPresent() && Selector.hashed(algorithm)
            || traffic.balancing().locality() != null
            || !labels.isEmpty();
    if (listed) {
      return listed(view, request, traffic.balancing(), labels, hash, state);
    }
    Pick first = Balancer.pick(view, request, state.outliers, random);
    if (algorithm == Traffic.Algorithm.LEAST_REQUEST && first instanceof Pick.Chosen a) {
      Pick second = Balancer.pick(view, request, state.outliers, random);
      return choice(
          second instanceof Pick.Chosen b && active(state, b) < active(state, a) ? b : a,
          view,
          request);
    }
    return choice(first, view, request);
  }

  private State state(ServiceKey service) {
    return services.computeIfAbsent(service, key -> new State(random));
  }

  private static int active(State state, Pick.Chosen chosen) {
    return state.active.getOrDefault(chosen.workload().uid(), 0);
  }

  private Choice choice(Pick pick, MeshView view, BalanceRequest request) {
    return switch (pick) {
      case Pick.Chosen chosen -> chosen(chosen, view, request);
      case Pick.Passthrough passthrough -> new Choice.Nobody("passthrough");
      case Pick.Nobody nobody -> new Choice.Nobody(nobody.reason().name());
    };
  }

  private Choice chosen(Pick.Chosen chosen, MeshView view, BalanceRequest request) {
    return switch (chosen.target()) {
      case Pick.Target.Address address ->
          workload(chosen.workload(), address.address(), chosen.port());
      case Pick.Target.Hostname name -> named(chosen, name.hostname());
      case Pick.Target.Behind behind -> away(chosen.workload(), behind, view, request);
    };
  }

  /**
   * Through the gateway of the endpoint's network, which picks the endpoint again: who may answer
   * is what the service says of all its endpoints.
   */
  private Choice away(
      Workload workload, Pick.Target.Behind behind, MeshView view, BalanceRequest request) {
    Service service = request.service();
    Set<SpiffeId> accepted = service.subjectAltNames().identities();
    Optional<NetworkGateways.Instance> gateway =
        gateways.find(view, behind.gateway(), request.source());
    if (own.isEmpty() || gateway.isEmpty() || accepted.isEmpty()) {
      return new Choice.Nobody(
          accepted.isEmpty() ? "OTHER_NETWORK:NO_IDENTITY" : "OTHER_NETWORK:NO_GATEWAY");
    }
    InetSocketAddress address = gateway.get().address();
    InetAddress any = InetAddress.ofLiteral("0.0.0.0");
    return new Choice.Chosen(
        workload,
        new Upstream.Path.Nested(
            new TunnelTarget(own.get(), address, gateway.get().accepted(), any),
            new TunnelTarget(own.get(), address, accepted, any),
            new Authority.Host(service.hostname(), request.port()),
            request.source().network()));
  }

  /** Where a name leads is found out when it is dialled. A tunnel is never left out. */
  private Choice named(Pick.Chosen chosen, String hostname) {
    if (chosen.workload().protocol() != TunnelProtocol.NONE) {
      return new Choice.Nobody("TUNNEL_TO_A_NAME:" + hostname);
    }
    return new Choice.Chosen(
        chosen.workload(),
        new Upstream.Path.Direct(InetSocketAddress.createUnresolved(hostname, chosen.port())));
  }

  /** A certain workload, at an address and port of its own. */
  public Choice workload(Workload workload, InetAddress address, int port) {
    InetSocketAddress app = new InetSocketAddress(address, port);
    if (workload.protocol() == TunnelProtocol.NONE || own.isEmpty()) {
      return new Choice.Chosen(workload, new Upstream.Path.Direct(app));
    }
    TunnelTarget target =
        new TunnelTarget(
            own.get(),
            new InetSocketAddress(address, TUNNEL_PORT),
            Set.of(workload.identity()),
            InetAddress.ofLiteral("0.0.0.0"));
    return new Choice.Chosen(
        workload, new Upstream.Path.Tunnel(target, new Authority.Address(address, port)));
  }

  private Choice listed(
      MeshView view,
      BalanceRequest request,
      Traffic.Balancing balancing,
      Map<String, String> labels,
      OptionalLong hash,
      State state) {
    Service service = request.service();
    Predicate<Endpoint> usable =
        e ->
            target(service, e, request.port()) > 0
                && Subsets.admits(labels, e.workload())
                && !request.tried().contains(e.workload().uid());
    LoadBalancing wanted = balancing.locality();
    List<List<Endpoint>> tiers =
        Balancer.tiers(
            view, service.key(), request.source(), wanted == null ? service.balancing() : wanted);
    Endpoint found =
        first(
            tiers, state, balancing, hash, usable.and(e -> !state.outliers.ejected(e.workload())));
    if (found == null) {
      found = first(tiers, state, balancing, hash, usable);
    }
    return found == null
        ? new Choice.Nobody("NO_ENDPOINTS")
        : choice(Balancer.at(found, request), view, request);
  }

  private static @Nullable Endpoint first(
      List<List<Endpoint>> tiers,
      State state,
      Traffic.Balancing balancing,
      OptionalLong hash,
      Predicate<Endpoint> willDo) {
    for (List<Endpoint> tier : tiers) {
      Endpoint found = state.selector.pick(tier, balancing, hash, willDo);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /** The workload of that uid, if it is an endpoint of the service and has not been ejected. */
  public Optional<Choice> sticky(MeshView view, Service service, int port, String uid) {
    State state = state(service.key());
    for (Endpoint endpoint : view.endpoints(service)) {
      Workload workload = endpoint.workload();
      if (workload.uid().equals(uid)
          && !workload.addresses().isEmpty()
          && !state.outliers.ejected(workload)) {
        int target = target(service, endpoint, port);
        return Optional.of(workload(workload, workload.addresses().getFirst(), target));
      }
    }
    return Optional.empty();
  }

  private static int target(Service service, Endpoint endpoint, int port) {
    int own = endpoint.ports().target(port);
    return own > 0 ? own : service.ports().target(port);
  }

  /** A request to {@code workload} begins. */
  public void begun(ServiceKey service, Workload workload) {
    state(service).active.merge(workload.uid(), 1, Integer::sum);
  }

  /** It has ended; {@code status} 0: without a response; below: through no fault of its own. */
  public void ended(ServiceKey service, Workload workload, int status) {
    State state = state(service);
    state.active.computeIfPresent(workload.uid(), (uid, n) -> n > 1 ? n - 1 : null);
    if (status >= 0) {
      state.outliers.observed(workload, status);
    }
  }
}
