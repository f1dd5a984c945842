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
import dev.marrow.mesh.workload.TunnelProtocol;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.waypoint.destination.Traffic;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
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
  private static final int MOST_WAYS = 1024;

  private final Optional<SpiffeId> own;
  private final Supplier<Place> place;
  private final RandomGenerator random;
  private final NetworkGateways gateways;
  private final Scopes scopes;

  /** How workloads were reached last; by identity, since a workload never changes. */
  private final Map<Workload, Choice.Chosen> ways = new IdentityHashMap<>();

  /**
   * @param own our identity, for tunnels; none: only plain TCP
   * @param place where we are, for locality
   */
  public Balancing(Optional<SpiffeId> own, Supplier<Place> place, RandomGenerator random) {
    this.own = own;
    this.place = place;
    this.random = random;
    this.gateways = new NetworkGateways(random);
    this.scopes = new Scopes(random);
  }

  /**
   * Chooses a workload of a service.
   *
   * @param scope what is counted and judged together
   * @param subset null: all
   * @param hash for consistent hashing
   * @param tried uids of workloads that have failed this request
   */
  public Choice choose(
      MeshView view,
      Service service,
      Scope scope,
      int port,
      Traffic traffic,
      Traffic.@Nullable Subset subset,
      OptionalLong hash,
      Set<String> tried) {
    Scopes.State state = scopes.of(scope, view);
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
            || !traffic.balancing().shares().isEmpty()
            || traffic.balancing().warmup().on()
            || subset != null;
    if (listed) {
      return listed(view, request, traffic.balancing(), subset, hash, state);
    }
    Pick first = Balancer.pick(view, request, state.outliers, random);
    boolean several = view.allEndpoints(service.key()).all().size() > 1;
    if (several && algorithm == Traffic.Algorithm.LEAST_REQUEST && first instanceof Pick.Chosen a) {
      Pick second = Balancer.pick(view, request, state.outliers, random);
      return choice(
          second instanceof Pick.Chosen b && active(state, b) < active(state, a) ? b : a,
          view,
          request);
    }
    return choice(first, view, request);
  }

  private static int active(Scopes.State state, Pick.Chosen chosen) {
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
    // A wildcard, for example, is no name that could be asked for.
    Optional<Authority> named = Authority.parse(service.hostname() + ":" + request.port());
    if (named.isEmpty()) {
      return new Choice.Nobody("OTHER_NETWORK:NO_HOST_NAME");
    }
    InetSocketAddress address = gateway.get().address();
    InetAddress any = InetAddress.ofLiteral("0.0.0.0");
    return new Choice.Chosen(
        workload,
        new Upstream.Path.Nested(
            new TunnelTarget(own.get(), address, gateway.get().accepted(), any),
            new TunnelTarget(own.get(), address, accepted, any),
            named.get(),
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
    Choice.Chosen known = ways.get(workload);
    if (known != null && leadsTo(known, address, port)) {
      return known;
    }
    if (ways.size() >= MOST_WAYS) {
      // Workloads have come and gone.
      ways.clear();
    }
    Choice.Chosen made = way(workload, address, port);
    ways.put(workload, made);
    return made;
  }

  private static boolean leadsTo(Choice.Chosen known, InetAddress address, int port) {
    return switch (known.path()) {
      case Upstream.Path.Direct direct ->
          direct.address().getPort() == port && address.equals(direct.address().getAddress());
      case Upstream.Path.Tunnel tunnel ->
          tunnel.authority() instanceof Authority.Address at
              && at.port() == port
              && at.ip().equals(address);
      case Upstream.Path.Nested nested -> false;
    };
  }

  private Choice.Chosen way(Workload workload, InetAddress address, int port) {
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
      Traffic.@Nullable Subset subset,
      OptionalLong hash,
      Scopes.State state) {
    Service service = request.service();
    Predicate<Endpoint> usable =
        e ->
            target(service, e, request.port()) > 0
                && Subsets.admits(subset, e.workload())
                && !request.tried().contains(e.workload().uid());
    Traffic.Shares shares = shares(balancing, request.source());
    Set<String> near = balancing.failover().first(request.source().locality().region());
    LoadBalancing wanted = balancing.locality();
    LoadBalancing preference =
        shares != null ? LoadBalancing.ANY : wanted == null ? service.balancing() : wanted;
    List<List<Endpoint>> tiers = Balancer.tiers(view, service.key(), request.source(), preference);
    Predicate<Endpoint> well = usable.and(e -> !state.outliers.ejected(e.workload()));
    // Who is chosen by a hash stays chosen, however new he is.
    boolean bySlowStart =
        balancing.warmup().on() && !(hash.isPresent() && Selector.hashed(balancing.algorithm()));
    Endpoint found =
        bySlowStart
            ? find(tiers, state, balancing, hash, warm(well, tiers, state, balancing), shares, near)
            : null;
    if (found == null) {
      found = find(tiers, state, balancing, hash, well, shares, near);
    }
    if (found == null) {
      found = find(tiers, state, balancing, hash, usable, shares, near);
    }
    return found == null
        ? new Choice.Nobody("NO_ENDPOINTS")
        : choice(Balancer.at(found, request), view, request);
  }

  private static Traffic.@Nullable Shares shares(Traffic.Balancing balancing, Place from) {
    for (Traffic.Shares shares : balancing.shares()) {
      if (shares.from().covers(from.locality())) {
        return shares;
      }
    }
    return null;
  }

  /** New workloads are passed over as often as their share is short of a whole one. */
  private Predicate<Endpoint> warm(
      Predicate<Endpoint> well,
      List<List<Endpoint>> tiers,
      Scopes.State state,
      Traffic.Balancing balancing) {
    long now = System.nanoTime();
    state.newcomers.look(tiers, now);
    return well.and(e -> {
      double share = state.newcomers.share(e, balancing.warmup(), now);
      return share >= 1 || random.nextDouble() < share;
    });
  }

  private @Nullable Endpoint find(
      List<List<Endpoint>> tiers,
      Scopes.State state,
      Traffic.Balancing balancing,
      OptionalLong hash,
      Predicate<Endpoint> willDo,
      Traffic.@Nullable Shares shares,
      Set<String> near) {
    if (shares == null) {
      Endpoint found =
          near.isEmpty()
              ? null
              : first(tiers, state, balancing, hash, willDo.and(e -> near.contains(region(e))));
      return found != null ? found : first(tiers, state, balancing, hash, willDo);
    }
    List<Traffic.Share> left = new ArrayList<>(shares.to());
    while (!left.isEmpty()) {
      Traffic.Area area = left.remove(drawn(left)).area();
      Endpoint found =
          first(
              tiers,
              state,
              balancing,
              hash,
              willDo.and(e -> area.covers(e.workload().place().locality())));
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static String region(Endpoint endpoint) {
    return endpoint.workload().place().locality().region();
  }

  /** The index of one of them, by weight. */
  private int drawn(List<Traffic.Share> shares) {
    int total = shares.stream().mapToInt(Traffic.Share::weight).sum();
    int ticket = total == 0 ? 0 : random.nextInt(total);
    int index = 0;
    while (index < shares.size() - 1 && ticket >= shares.get(index).weight()) {
      ticket -= shares.get(index).weight();
      index++;
    }
    return index;
  }

  private static @Nullable Endpoint first(
      List<List<Endpoint>> tiers,
      Scopes.State state,
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

  /**
   * The workload of that uid, if it could be chosen: who names it is the client, and may make it
   * up.
   */
  public Optional<Choice> sticky(
      MeshView view,
      Service service,
      Scope scope,
      int port,
      Traffic.@Nullable Subset subset,
      String uid) {
    Endpoint endpoint = endpoint(view, service, port, subset, uid);
    if (endpoint == null || scopes.of(scope, view).outliers.ejected(endpoint.workload())) {
      return Optional.empty();
    }
    BalanceRequest request =
        new BalanceRequest(
            service, port, place.get(), new BalanceRequest.Requested.Name(), Set.of());
    return Optional.of(choice(Balancer.at(endpoint, request), view, request))
        .filter(Choice.Chosen.class::isInstance);
  }

  /** The endpoint that could be chosen and is the workload of that uid; null: there is none. */
  public static @Nullable Endpoint endpoint(
      MeshView view, Service service, int port, Traffic.@Nullable Subset subset, String uid) {
    for (Endpoint endpoint : view.endpoints(service)) {
      Workload workload = endpoint.workload();
      if (workload.uid().equals(uid)
          && target(service, endpoint, port) > 0
          && Subsets.admits(subset, workload)) {
        return endpoint;
      }
    }
    return null;
  }

  private static int target(Service service, Endpoint endpoint, int port) {
    int own = endpoint.ports().target(port);
    return own > 0 ? own : service.ports().target(port);
  }

  /** A request to {@code workload} begins. */
  public void begun(Scope scope, Workload workload) {
    Scopes.State state = scopes.find(scope);
    if (state != null) {
      state.active.merge(workload.uid(), 1, Integer::sum);
    }
  }

  /** It has ended; {@code status} 0: without a response; below: through no fault of its own. */
  public void ended(Scope scope, Workload workload, int status) {
    Scopes.State state = scopes.find(scope);
    if (state == null) {
      return;
    }
    state.active.computeIfPresent(workload.uid(), (uid, n) -> n > 1 ? n - 1 : null);
    if (status >= 0) {
      state.outliers.observed(workload, status);
    }
  }
}
