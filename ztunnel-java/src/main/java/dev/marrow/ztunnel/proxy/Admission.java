package dev.marrow.ztunnel.proxy;

import dev.marrow.hbone.Authority;
import dev.marrow.identity.SpiffeId;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.policy.Authorizer;
import dev.marrow.mesh.policy.ConnectionFacts;
import dev.marrow.mesh.policy.Decision;
import dev.marrow.mesh.policy.Peer;
import dev.marrow.mesh.workload.ApplicationTunnel;
import dev.marrow.mesh.workload.NetworkAddress;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.ztunnel.report.Flag;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.Optional;

/**
 * Decides whether a connection to our pod may be, and to which of the pod's ports it goes. Pure.
 *
 * <pre>
 * 1  the address asked for is not this pod's, and it is no proxy for it      400
 * 2  the name asked for, or its port, leads to no port of this pod           503
 * 3  the port is one of ours                                                 503
 * 4  the pod accepts its waypoint only, and the peer is not it               401
 * 5  a policy denies                                                         401
 * </pre>
 */
final class Admission {
  private final Rules rules;

  Admission(Rules rules) {
    this.rules = rules;
  }

  /** What admission depends on beside the mesh. */
  record Rules(
      IllegalPorts illegalPorts,
      boolean waypointRequired,
      boolean tunnelToLoopback,
      String preferredNamespace) {}

  /**
   * Who asks for what.
   *
   * @param local the address of this pod that was reached
   * @param peer proven by TLS; empty for plaintext
   */
  record Request(
      Authority authority, InetAddress local, InetSocketAddress client, Optional<SpiffeId> peer) {}

  /** The outcome. */
  sealed interface Verdict {}

  /**
   * The connection may be.
   *
   * @param app where to connect to
   * @param port the port policies looked at
   * @param tunnelled the address written into a PROXY header
   * @param spoof whether the client's address is shown to the app
   */
  record Admitted(
      InetSocketAddress app,
      int port,
      ApplicationTunnel tunnel,
      InetSocketAddress tunnelled,
      boolean spoof)
      implements Verdict {}

  /** The connection must not be; {@code status} is for tunnels. */
  record Refused(int status, Flag flag, String text) implements Verdict {}

  Verdict admit(MeshView view, Workload own, Request request) {
    if (!addressedToUs(view, own, request)) {
      return new Refused(
          400,
          Flag.CONNECT,
          "ip mismatch: %s is not %s"
              .formatted(request.authority().text(), request.local().getHostAddress()));
    }
    int port = port(view, own, request.authority());
    if (port == 0) {
      return new Refused(
          503, Flag.CONNECT, Refusal.noHealthyUpstream(request.authority().text()).text());
    }
    Verdict verdict = toPort(own, request, view, port);
    if (verdict instanceof Admitted admitted) {
      return authorize(view, own, request, admitted.port()).<Verdict>map(r -> r).orElse(admitted);
    }
    return verdict;
  }

  /** Whether the pod, as it is now, may still have this connection. */
  Optional<Refused> authorize(MeshView view, Workload own, Request request, int port) {
    if (rules.waypointRequired()) {
      Optional<String> binding = WaypointBinding.refusal(view, own, request.peer());
      if (binding.isPresent()) {
        return Optional.of(denied(binding.get()));
      }
    }
    return switch (decide(view, own, request, port)) {
      case Decision.Allowed allowed -> Optional.empty();
      case Decision.Denied denied -> Optional.of(denied(denied.text()));
    };
  }

  /** What the policies say. */
  Decision decide(MeshView view, Workload own, Request request, int port) {
    var facts =
        new ConnectionFacts(
            Peer.of(request.peer()), request.client().getAddress(), request.local(), port);
    return Authorizer.authorize(view, own, facts);
  }

  private static Refused denied(String why) {
    Failure failure = Failure.denied(why);
    return new Refused(401, failure.flag(), failure.text());
  }

  private Verdict toPort(Workload own, Request request, MeshView view, int port) {
    // What comes in plaintext was sent to the port itself: only tunnels end in the app's own.
    ApplicationTunnel tunnel =
        request.peer().isPresent() ? own.applicationTunnel() : ApplicationTunnel.NONE;
    int appPort =
        switch (tunnel) {
          case ApplicationTunnel.None() -> port;
          case ApplicationTunnel.Plain(int p) -> p;
          case ApplicationTunnel.ProxyProtocol(int p) -> p;
        };
    if (rules.illegalPorts().contains(appPort)) {
      return new Refused(503, Flag.CONNECT, Refusal.loop().text());
    }
    boolean loopback =
        tunnel instanceof ApplicationTunnel.ProxyProtocol && rules.tunnelToLoopback();
    InetAddress ip = loopback ? loopbackLike(request.local()) : request.local();
    return new Admitted(
        new InetSocketAddress(ip, appPort), port, tunnel, tunnelled(view, own, request), !loopback);
  }

  private static InetAddress loopbackLike(InetAddress address) {
    return InetAddress.ofLiteral(address instanceof Inet4Address ? "127.0.0.1" : "::1");
  }

  /**
   * What was asked for, as an address: for a name the service's own, of our network if possible.
   */
  private InetSocketAddress tunnelled(MeshView view, Workload own, Request request) {
    return switch (request.authority()) {
      case Authority.Address address -> address.socketAddress();
      case Authority.Host(String name, int port) ->
          service(view, own, name)
              .flatMap(s -> vip(s, own.network()))
              .map(ip -> new InetSocketAddress(ip, port))
              .orElseGet(() -> new InetSocketAddress(request.local(), port));
    };
  }

  private static Optional<InetAddress> vip(Service service, String network) {
    return service.vips().stream()
        .min(
            Comparator.comparing((NetworkAddress vip) -> !vip.network().equals(network))
                .thenComparing(vip -> !(vip.address() instanceof Inet4Address)))
        .map(NetworkAddress::address);
  }

  private Optional<Service> service(MeshView view, Workload own, String name) {
    return view.serviceByHostname(name, own.namespace(), rules.preferredNamespace());
  }

  private boolean addressedToUs(MeshView view, Workload own, Request request) {
    return switch (request.authority()) {
      case Authority.Host host -> true;
      case Authority.Address(InetAddress ip, int port) ->
          ip.equals(request.local())
              || !(own.applicationTunnel() instanceof ApplicationTunnel.None)
              || weAreItsWaypoint(view, own, ip);
    };
  }

  private static boolean weAreItsWaypoint(MeshView view, Workload own, InetAddress ip) {
    Optional<Workload> workload = view.workload(own.network(), ip);
    if (workload.isPresent()) {
      return Gateways.isInstance(view, workload.get().waypoint(), own);
    }
    return view.service(own.network(), ip, own.namespace())
        .filter(s ->
            Gateways.isInstance(view, s.waypoint(), own)
                || s.weightedWaypoints().stream()
                    .anyMatch(w -> Gateways.isInstance(view, w.destination(), own)))
        .isPresent();
  }

  /** The pod's port, or 0. */
  private int port(MeshView view, Workload own, Authority authority) {
    return switch (authority) {
      case Authority.Address(InetAddress ip, int port) -> port;
      case Authority.Host(String name, int port) ->
          service(view, own, name).map(s -> port(own, s, port)).orElse(0);
    };
  }

  private static int port(Workload own, Service service, int port) {
    var offered = own.services().get(service.key());
    if (offered == null) {
      // A waypoint is asked for services it stands before: its own tunnel port counts then.
      return own.applicationTunnel() instanceof ApplicationTunnel.None ? 0 : port;
    }
    int target = offered.target(port);
    return target != 0 ? target : service.ports().target(port);
  }
}
