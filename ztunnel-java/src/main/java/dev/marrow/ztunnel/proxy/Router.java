package dev.marrow.ztunnel.proxy;

import dev.marrow.hbone.Authority;
import dev.marrow.identity.SpiffeId;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.balance.BalanceRequest;
import dev.marrow.mesh.balance.Balancer;
import dev.marrow.mesh.balance.Ejections;
import dev.marrow.mesh.balance.Pick;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.TunnelProtocol;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.ztunnel.proxy.Gateways.Instance;
import dev.marrow.ztunnel.proxy.Route.Direct;
import dev.marrow.ztunnel.proxy.Route.NestedTunnel;
import dev.marrow.ztunnel.proxy.Route.Refuse;
import dev.marrow.ztunnel.proxy.Route.Resolve;
import dev.marrow.ztunnel.proxy.Route.Tunnel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Decides where an outgoing connection goes. Pure, but for the random numbers.
 *
 * <pre>
 * 1  service with a waypoint                     tunnel to the waypoint, for VIP:port
 *    .. in another network                       nested tunnel through that network's gateway
 * 2  service without a usable endpoint           refuse
 * 3  nobody knows the address                    direct
 * 4  endpoint in another network                 nested tunnel; refuse if addressed by its IP
 * 5  pod IP of a workload with a waypoint        tunnel to the waypoint, for IP:port
 *    .. as endpoint, if bound strictly           the same
 *    .. and we are that waypoint                 go on
 * 6  endpoint speaks HBONE                       tunnel to podIP:15008, for podIP:targetPort
 * 7  endpoint does not                           direct to podIP:targetPort
 * </pre>
 */
final class Router {
  private static final int TUNNEL_PORT = 15008;

  private final boolean refuseUnresolved;
  private final Gateways gateways;
  private final Ejections ejections;
  private final RandomGenerator random;

  /**
   * @param refuseUnresolved whether a waypoint that cannot be found refuses traffic; else it is
   *     passed by
   */
  Router(boolean refuseUnresolved, Ejections ejections, RandomGenerator random) {
    this.refuseUnresolved = refuseUnresolved;
    this.gateways = new Gateways(ejections, random);
    this.ejections = ejections;
    this.random = random;
  }

  /** What a connection wants, and whom it tried in vain (uids). */
  record Request(MeshView view, Workload source, InetSocketAddress target, Set<String> tried) {
    InetAddress ip() {
      return target.getAddress();
    }

    boolean away(Workload workload) {
      return !workload.network().equals(source.network());
    }
  }

  /** Decides. */
  Route route(Request request) {
    MeshView view = request.view();
    String network = request.source().network();
    Optional<Workload> workload = view.workload(network, request.ip());
    if (workload.isPresent()) {
      return toWorkload(request, workload.get());
    }
    return view.service(network, request.ip(), request.source().namespace())
        .map(service -> toService(request, service))
        .orElseGet(() -> new Direct(request.target(), Destination.UNKNOWN));
  }

  private Route toService(Request request, Service service) {
    GatewayAddress waypoint = Balancer.waypoint(service, random);
    if (waypoint.present() && !Gateways.isInstance(request.view(), waypoint, request.source())) {
      Optional<Instance> instance =
          gateways.find(request.view(), waypoint, request.source(), request.tried());
      if (instance.isPresent()) {
        return toServiceWaypoint(request, service, instance.get());
      }
      if (refuses(request, waypoint)) {
        return new Refuse(Refusal.unknownWaypoint(text(waypoint)), Destination.of(service));
      }
    }
    var balance =
        new BalanceRequest(
            service,
            request.target().getPort(),
            request.source().place(),
            new BalanceRequest.Requested.Address(request.ip()),
            request.tried());
    return switch (Balancer.pick(request.view(), balance, ejections, random)) {
      case Pick.Chosen chosen -> toEndpoint(request, service, chosen);
      case Pick.Passthrough() -> new Direct(request.target(), Destination.of(service));
      case Pick.Nobody(var reason) ->
          new Refuse(
              Refusal.noHealthyUpstream(service.key() + " (" + reason + ")"),
              Destination.of(service));
    };
  }

  private Route toServiceWaypoint(Request request, Service service, Instance instance) {
    if (request.away(instance.workload())) {
      return nested(request, service, instance.workload());
    }
    Set<SpiffeId> accepted = union(service.subjectAltNames().identities(), instance.accepted());
    Destination destination = Destination.of(instance.workload()).through(service);
    return tunnel(instance, Authority.of(request.target()), accepted, destination);
  }

  private Route toEndpoint(Request request, Service service, Pick.Chosen chosen) {
    Workload workload = chosen.workload();
    Destination destination = Destination.of(workload).through(service);
    if (request.away(workload) || chosen.target() instanceof Pick.Target.Behind) {
      return nested(request, service, workload);
    }
    Set<SpiffeId> accepted =
        union(service.subjectAltNames().identities(), Set.of(workload.identity()));
    return at(
        chosen.target(),
        ip -> {
          var app = new InetSocketAddress(ip, chosen.port());
          Optional<Route> waypoint =
              WaypointBinding.leads(workload)
                  ? workloadWaypoint(request, workload, app, destination)
                  : Optional.empty();
          return waypoint.orElseGet(() -> lastHop(workload, app, accepted, destination));
        });
  }

  private Route toWorkload(Request request, Workload workload) {
    Destination destination = Destination.of(workload);
    if (request.away(workload)) {
      return new Refuse(Refusal.noRoute(workload.name()), destination);
    }
    return workloadWaypoint(request, workload, request.target(), destination)
        .orElseGet(
            () -> lastHop(workload, request.target(), Set.of(workload.identity()), destination));
  }

  /** The way through a workload's waypoint, unless there is none or we are it. */
  private Optional<Route> workloadWaypoint(
      Request request, Workload workload, InetSocketAddress app, Destination destination) {
    GatewayAddress waypoint = workload.waypoint();
    if (!waypoint.present() || Gateways.isInstance(request.view(), waypoint, request.source())) {
      return Optional.empty();
    }
    Optional<Instance> instanceFound = near(request, waypoint);
    if (instanceFound.filter(instance -> request.away(instance.workload())).isPresent()) {
      // A gateway is asked for names only, and a pod has none.
      return Optional.of(
          new Refuse(Refusal.noRoute(instanceFound.get().workload().name()), destination));
    }
    Optional<Route> found =
        instanceFound.map(instance ->
            tunnel(
                instance,
                Authority.of(app),
                instance.accepted(),
                new Destination(
                    instance.workload().uid(),
                    Parties.expected(instance.workload()),
                    destination.service(),
                    true)));
    return found.isEmpty() && refuses(request, waypoint)
        ? Optional.of(new Refuse(Refusal.unknownWaypoint(text(waypoint)), destination))
        : found;
  }

  /** An instance of a waypoint in our network; one in another if there is no other. */
  private Optional<Instance> near(Request request, GatewayAddress waypoint) {
    Set<String> passed = new HashSet<>(request.tried());
    Optional<Instance> first = Optional.empty();
    while (true) {
      Optional<Instance> found = gateways.find(request.view(), waypoint, request.source(), passed);
      if (found.isPresent() && !request.away(found.get().workload())) {
        return found;
      }
      first = first.or(() -> found);
      if (found.isEmpty() || !passed.add(found.get().workload().uid())) {
        return first;
      }
    }
  }

  /** A waypoint that was found, and could not be reached, is not passed by in any case. */
  private boolean refuses(Request request, GatewayAddress waypoint) {
    return refuseUnresolved
        || request.tried().stream()
            .flatMap(uid -> request.view().workload(uid).stream())
            .anyMatch(tried -> Gateways.isInstance(request.view(), waypoint, tried));
  }

  private static Route lastHop(
      Workload workload, InetSocketAddress app, Set<SpiffeId> accepted, Destination destination) {
    if (workload.protocol() == TunnelProtocol.HBONE) {
      var nextHop = new InetSocketAddress(app.getAddress(), TUNNEL_PORT);
      return new Tunnel(nextHop, Authority.of(app), accepted, destination);
    }
    return new Direct(app, destination);
  }

  /** Two tunnels, one in the other, through the gateway of {@code workload}'s network. */
  private Route nested(Request request, Service service, Workload workload) {
    Destination destination = Destination.of(service);
    Optional<Instance> gateway =
        gateways.find(request.view(), workload.networkGateway(), request.source(), request.tried());
    // A wildcard, for example, is no name that could be asked for.
    Optional<Authority> named =
        Authority.parse(service.hostname() + ":" + request.target().getPort());
    if (gateway.isEmpty() || named.isEmpty()) {
      return new Refuse(Refusal.noRoute(workload.name()), destination);
    }
    Set<SpiffeId> accepted = service.subjectAltNames().identities();
    if (accepted.isEmpty()) {
      return new Refuse(Refusal.noIdentity(service.key()), destination);
    }
    Authority authority = named.get();
    Instance instance = gateway.get();
    var through =
        new Destination(
            instance.workload().uid(), destination.party(), destination.service(), true);
    return at(
        instance.target(),
        ip ->
            new NestedTunnel(
                new Tunnel(
                    new InetSocketAddress(ip, instance.port()),
                    authority,
                    instance.accepted(),
                    through),
                authority,
                accepted));
  }

  private static Route tunnel(
      Instance instance, Authority authority, Set<SpiffeId> accepted, Destination destination) {
    return at(
        instance.target(),
        ip ->
            new Tunnel(
                new InetSocketAddress(ip, instance.port()), authority, accepted, destination));
  }

  private static Route at(Pick.Target target, Function<InetAddress, Route> then) {
    return switch (target) {
      case Pick.Target.Address(InetAddress ip) -> then.apply(ip);
      case Pick.Target.Hostname(String hostname) -> new Resolve(hostname, then);
      case Pick.Target.Behind(GatewayAddress gateway) ->
          new Refuse(Refusal.noRoute(text(gateway)), Destination.UNKNOWN);
    };
  }

  private static Set<SpiffeId> union(Set<SpiffeId> some, Set<SpiffeId> others) {
    if (some.isEmpty()) {
      return others;
    }
    var all = new HashSet<>(some);
    all.addAll(others);
    return all;
  }

  private static String text(GatewayAddress address) {
    return switch (address) {
      case GatewayAddress.None() -> "none";
      case GatewayAddress.AtService at -> at.service().toString();
      case GatewayAddress.AtAddress at -> at.address().toString();
    };
  }
}
