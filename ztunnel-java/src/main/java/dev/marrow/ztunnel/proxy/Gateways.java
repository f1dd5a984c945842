package dev.marrow.ztunnel.proxy;

import dev.marrow.identity.SpiffeId;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.balance.BalanceRequest;
import dev.marrow.mesh.balance.Balancer;
import dev.marrow.mesh.balance.Ejections;
import dev.marrow.mesh.balance.Pick;
import dev.marrow.mesh.workload.Endpoint;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.Workload;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Finds waypoints and network gateways in a view. Pure, but for the random numbers. */
final class Gateways {
  private final Ejections ejections;
  private final RandomGenerator random;

  Gateways(Ejections ejections, RandomGenerator random) {
    this.ejections = ejections;
    this.random = random;
  }

  /**
   * One instance of a gateway.
   *
   * @param port for HBONE
   * @param accepted who may answer there
   */
  record Instance(Workload workload, Pick.Target target, int port, Set<SpiffeId> accepted) {}

  /** An instance of the gateway at {@code address} for a client {@code source}, if it is known. */
  Optional<Instance> find(
      MeshView view, GatewayAddress address, Workload source, Set<String> tried) {
    return switch (address) {
      case GatewayAddress.None() -> Optional.empty();
      case GatewayAddress.AtService at ->
          view.service(at.service())
              .flatMap(service -> behind(view, service, at.port(), source, tried))
              .or(() ->
                  view.workloadByHostname(at.service().hostname())
                      .map(w -> named(w, at.service().hostname(), at.port())));
      case GatewayAddress.AtAddress at -> {
        InetAddress ip = at.address().address();
        String network = at.address().network();
        yield view.workload(network, ip)
            .map(w -> new Instance(w, new Pick.Target.Address(ip), at.port(), ids(w)))
            .or(() ->
                view.service(network, ip, source.namespace())
                    .flatMap(s -> behind(view, s, at.port(), source, tried)));
      }
    };
  }

  private static Instance named(Workload workload, String hostname, int port) {
    Pick.Target target =
        workload.addresses().isEmpty()
            ? new Pick.Target.Hostname(hostname)
            : new Pick.Target.Address(workload.addresses().getFirst());
    return new Instance(workload, target, port, ids(workload));
  }

  private static Set<SpiffeId> ids(Workload workload) {
    return Set.of(workload.identity());
  }

  private Optional<Instance> behind(
      MeshView view, Service service, int port, Workload source, Set<String> tried) {
    var request =
        new BalanceRequest(
            service, port, source.place(), new BalanceRequest.Requested.Name(), tried);
    if (!(Balancer.pick(view, request, ejections, random) instanceof Pick.Chosen chosen)) {
      return Optional.empty();
    }
    var accepted = new HashSet<>(service.subjectAltNames().identities());
    accepted.add(chosen.workload().identity());
    return Optional.of(
        new Instance(chosen.workload(), chosen.target(), chosen.port(), Set.copyOf(accepted)));
  }

  /** Whether {@code workload} is an instance of the gateway at {@code address}. */
  static boolean isInstance(MeshView view, GatewayAddress address, Workload workload) {
    return switch (address) {
      case GatewayAddress.None() -> false;
      case GatewayAddress.AtService at -> workload.services().containsKey(at.service());
      case GatewayAddress.AtAddress at ->
          at.address().network().equals(workload.network()) && workload.has(at.address().address())
              || view.service(at.address().network(), at.address().address(), workload.namespace())
                  .filter(s -> workload.services().containsKey(s.key()))
                  .isPresent();
    };
  }

  /** Every identity an instance of the gateway at {@code address} may have; empty if unknown. */
  static Set<SpiffeId> identities(MeshView view, GatewayAddress address, String namespace) {
    return switch (address) {
      case GatewayAddress.None() -> Set.of();
      case GatewayAddress.AtService at ->
          view.service(at.service())
              .map(s -> identities(view, s))
              .or(() -> view.workloadByHostname(at.service().hostname()).map(Gateways::ids))
              .orElse(Set.of());
      case GatewayAddress.AtAddress at ->
          view.workload(at.address().network(), at.address().address())
              .map(Gateways::ids)
              .or(() ->
                  view.service(at.address().network(), at.address().address(), namespace)
                      .map(s -> identities(view, s)))
              .orElse(Set.of());
    };
  }

  private static Set<SpiffeId> identities(MeshView view, Service service) {
    var found = new HashSet<>(service.subjectAltNames().identities());
    for (Endpoint endpoint : view.endpoints(service)) {
      found.add(endpoint.workload().identity());
    }
    return found;
  }
}
