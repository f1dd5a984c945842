package dev.marrow.waypoint.proxy;

import dev.marrow.mesh.MeshSource;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.waypoint.destination.Destination;
import dev.marrow.waypoint.destination.Destinations;
import dev.marrow.waypoint.destination.PortRules;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a client's address leads to, in the newest snapshots. A service or workload that is
 * known but not bound to us, or whose rules we never understood, is refused. Thread-safe.
 */
public final class Sites {
  private final MeshSource mesh;
  private final Supplier<Destinations> destinations;
  private final String network;

  /**
   * @param network the one that client addresses belong to
   */
  public Sites(MeshSource mesh, Supplier<Destinations> destinations, String network) {
    this.mesh = mesh;
    this.destinations = destinations;
    this.network = network;
  }

  String network() {
    return network;
  }

  @Nullable Destination destination(ServiceKey key) {
    return destinations.get().service(key);
  }

  Destinations destinations() {
    return destinations.get();
  }

  MeshView view() {
    return mesh.current();
  }

  Site find(Client client) {
    String namespace = client.caller().namespace();
    return switch (client.addressed()) {
      case Client.Addressed.Ip ip -> byAddress(ip.address(), namespace);
      case Client.Addressed.Name name -> byName(name, namespace);
      case Client.Addressed.Fixed fixed -> fixed(fixed);
    };
  }

  private Site byAddress(InetSocketAddress address, String namespace) {
    MeshView view = mesh.current();
    InetAddress ip = address.getAddress();
    Optional<Service> service = view.service(network, ip, namespace);
    if (service.isPresent()) {
      return ofService(service.get(), address.getPort(), address);
    }
    Optional<Workload> workload = view.workload(network, ip);
    return workload
        .map(found -> ofWorkload(found, address))
        .orElseGet(() -> new Site.Unknown(404, "address is not in the mesh"));
  }

  private Site byName(Client.Addressed.Name name, String namespace) {
    Optional<Service> service = mesh.current().serviceByHostname(name.host(), namespace, "");
    return service
        .map(found -> ofService(found, name.port(), addressOf(found, name.port())))
        .orElseGet(() -> new Site.Unknown(404, "host name is not in the mesh"));
  }

  private Site fixed(Client.Addressed.Fixed fixed) {
    return mesh.current()
        .service(ServiceKey.parse(fixed.resourceName()))
        .map(found -> ofService(found, fixed.port(), addressOf(found, fixed.port())))
        .orElseGet(() -> new Site.Unknown(503, "service is not known yet"));
  }

  private static InetSocketAddress addressOf(Service service, int port) {
    InetAddress address =
        service.vips().isEmpty()
            ? InetAddress.ofLiteral("0.0.0.0")
            : service.vips().getFirst().address();
    return new InetSocketAddress(address, port);
  }

  private Site ofService(Service service, int port, InetSocketAddress address) {
    Destination destination = destinations.get().service(service.key());
    if (destination == null) {
      return unbound(service.hasWaypoint());
    }
    PortRules rules = destination.port(port);
    return rules == null
        ? new Site.Unknown(404, "service has no such port")
        : new Site.Bound(destination, rules, port, address, new Site.Behind.OfService(service));
  }

  private Site ofWorkload(Workload workload, InetSocketAddress address) {
    Destination destination = destinations.get().workload(workload.uid());
    if (destination == null) {
      return unbound(workload.waypoint().present());
    }
    PortRules rules = destination.port(address.getPort());
    return rules == null
        ? new Site.Unknown(404, "workload has no such port")
        : new Site.Bound(
            destination, rules, address.getPort(), address, new Site.Behind.OfWorkload(workload));
  }

  private static Site unbound(boolean hasWaypoint) {
    return hasWaypoint
        ? new Site.Unknown(503, "no rules for the destination (yet)")
        : new Site.Unknown(404, "destination is not bound to this waypoint");
  }
}
