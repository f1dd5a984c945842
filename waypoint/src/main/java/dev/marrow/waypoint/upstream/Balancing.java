package dev.marrow.waypoint.upstream;

import dev.marrow.hbone.Authority;
import dev.marrow.hbone.TunnelTarget;
import dev.marrow.identity.SpiffeId;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.balance.BalanceRequest;
import dev.marrow.mesh.balance.Balancer;
import dev.marrow.mesh.balance.Pick;
import dev.marrow.mesh.workload.Endpoint;
import dev.marrow.mesh.workload.Place;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.TunnelProtocol;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.waypoint.destination.Traffic;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Chooses among the workloads of services, and remembers what that needs: requests under way per
 * workload, whose turn it is, who failed. One per event loop and confined to it.
 */
public final class Balancing {
  private static final int TUNNEL_PORT = 15008;

  private final Optional<SpiffeId> own;
  private final Place place;
  private final RandomGenerator random;
  private final Map<ServiceKey, State> services = new HashMap<>();

  private static final class State {
    final Map<String, Integer> active = new HashMap<>();
    final Outliers outliers = new Outliers();
    int turn;
  }

  /**
   * @param own our identity, for tunnels; none: only plain TCP
   * @param place where we are, for locality
   */
  public Balancing(Optional<SpiffeId> own, Place place, RandomGenerator random) {
    this.own = own;
    this.place = place;
    this.random = random;
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
    State state = services.computeIfAbsent(service.key(), key -> new State());
    Traffic.Algorithm algorithm = traffic.balancing().algorithm();
    boolean hashed =
        hash.isPresent()
            && (algorithm == Traffic.Algorithm.RING_HASH || algorithm == Traffic.Algorithm.MAGLEV);
    if (traffic.outliers().on()) {
      state.outliers.rules(traffic.outliers(), view.endpoints(service).size());
    }
    if (hashed || algorithm == Traffic.Algorithm.ROUND_ROBIN || !labels.isEmpty()) {
      return listed(
          view, service, port, labels, hashed ? hash : OptionalLong.empty(), tried, state);
    }
    BalanceRequest request =
        new BalanceRequest(service, port, place, new BalanceRequest.Requested.Name(), tried);
    Pick first = Balancer.pick(view, request, state.outliers, random);
    if (algorithm == Traffic.Algorithm.LEAST_REQUEST && first instanceof Pick.Chosen a) {
      Pick second = Balancer.pick(view, request, state.outliers, random);
      return choice(second instanceof Pick.Chosen b && active(state, b) < active(state, a) ? b : a);
    }
    return choice(first);
  }

  private static int active(State state, Pick.Chosen chosen) {
    return state.active.getOrDefault(chosen.workload().uid(), 0);
  }

  private Choice choice(Pick pick) {
    return switch (pick) {
      case Pick.Chosen chosen -> chosen(chosen);
      case Pick.Passthrough passthrough -> new Choice.Nobody("passthrough");
      case Pick.Nobody nobody -> new Choice.Nobody(nobody.reason().name());
    };
  }

  private Choice chosen(Pick.Chosen chosen) {
    return switch (chosen.target()) {
      case Pick.Target.Address address ->
          workload(chosen.workload(), address.address(), chosen.port());
      case Pick.Target.Hostname name -> new Choice.Nobody("HOSTNAME:" + name.hostname());
      case Pick.Target.Behind behind -> new Choice.Nobody("OTHER_NETWORK");
    };
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
      Service service,
      int port,
      Map<String, String> labels,
      OptionalLong hash,
      Set<String> tried,
      State state) {
    List<Endpoint> usable = new ArrayList<>();
    for (Endpoint endpoint : view.endpoints(service)) {
      Workload workload = endpoint.workload();
      if (!workload.addresses().isEmpty()
          && target(service, endpoint, port) > 0
          && Subsets.admits(labels, workload)
          && !tried.contains(workload.uid())) {
        usable.add(endpoint);
      }
    }
    List<Endpoint> healthy =
        usable.stream().filter(e -> !state.outliers.ejected(e.workload())).toList();
    List<Endpoint> candidates = healthy.isEmpty() ? usable : healthy;
    if (candidates.isEmpty()) {
      return new Choice.Nobody("NO_ENDPOINTS");
    }
    Endpoint endpoint =
        hash.isPresent()
            ? highest(candidates, hash.getAsLong())
            : candidates.stream()
                .sorted(Comparator.comparing(e -> e.workload().uid()))
                .toList()
                .get(Math.floorMod(state.turn++, candidates.size()));
    Workload workload = endpoint.workload();
    return workload(workload, workload.addresses().getFirst(), target(service, endpoint, port));
  }

  /** The workload of that uid, if it is an endpoint of the service and has not been ejected. */
  public Optional<Choice> sticky(MeshView view, Service service, int port, String uid) {
    State state = services.computeIfAbsent(service.key(), key -> new State());
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

  /** Highest random weight: as stable as a ring, and even without thousands of points. */
  private static Endpoint highest(List<Endpoint> candidates, long hash) {
    Endpoint best = candidates.getFirst();
    long bestScore = Long.MIN_VALUE;
    for (Endpoint candidate : candidates) {
      long score = Hashes.mix(hash ^ Hashes.of(candidate.workload().uid()));
      if (score > bestScore) {
        bestScore = score;
        best = candidate;
      }
    }
    return best;
  }

  private static int target(Service service, Endpoint endpoint, int port) {
    int own = endpoint.ports().target(port);
    return own > 0 ? own : service.ports().target(port);
  }

  /** A request to {@code workload} begins. */
  public void begun(ServiceKey service, Workload workload) {
    services
        .computeIfAbsent(service, key -> new State())
        .active
        .merge(workload.uid(), 1, Integer::sum);
  }

  /** It has ended; {@code status} 0: without a response. */
  public void ended(ServiceKey service, Workload workload, int status) {
    State state = services.computeIfAbsent(service, key -> new State());
    state.active.computeIfPresent(workload.uid(), (uid, n) -> n > 1 ? n - 1 : null);
    state.outliers.observed(workload, status);
  }
}
