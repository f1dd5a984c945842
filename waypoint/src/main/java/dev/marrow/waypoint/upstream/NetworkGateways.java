package dev.marrow.waypoint.upstream;

import dev.marrow.identity.SpiffeId;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.balance.BalanceRequest;
import dev.marrow.mesh.balance.Balancer;
import dev.marrow.mesh.balance.Ejections;
import dev.marrow.mesh.balance.Pick;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.Place;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.Workload;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Finds the gateways of other networks. Pure, but for the random numbers. */
final class NetworkGateways {
  /** Where one is, and who may answer there. */
  record Instance(InetSocketAddress address, Set<SpiffeId> accepted) {}

  private final RandomGenerator random;

  NetworkGateways(RandomGenerator random) {
    this.random = random;
  }

  /** An instance of the gateway at {@code address}, if it is known with an address of its own. */
  Optional<Instance> find(MeshView view, GatewayAddress address, Place place) {
    return switch (address) {
      case GatewayAddress.None() -> Optional.empty();
      case GatewayAddress.AtService at ->
          view.service(at.service()).flatMap(service -> behind(view, service, at.port(), place));
      case GatewayAddress.AtAddress at -> {
        InetAddress ip = at.address().address();
        yield view.workload(at.address().network(), ip)
            .map(w -> at(w, new InetSocketAddress(ip, at.port())))
            .or(() ->
                view.service(at.address().network(), ip, "")
                    .flatMap(service -> behind(view, service, at.port(), place)));
      }
    };
  }

  private static Instance at(Workload workload, InetSocketAddress address) {
    return new Instance(address, Set.of(workload.identity()));
  }

  private Optional<Instance> behind(MeshView view, Service service, int port, Place place) {
    BalanceRequest request = BalanceRequest.to(service, port, place);
    if (!(Balancer.pick(view, request, Ejections.NONE, random) instanceof Pick.Chosen chosen)
        || !(chosen.target() instanceof Pick.Target.Address(InetAddress ip))) {
      return Optional.empty();
    }
    Set<SpiffeId> accepted = new HashSet<>(service.subjectAltNames().identities());
    accepted.add(chosen.workload().identity());
    return Optional.of(new Instance(new InetSocketAddress(ip, chosen.port()), accepted));
  }
}
