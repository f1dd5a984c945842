package dev.marrow.waypoint.proxy;

import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.waypoint.destination.Destination;
import dev.marrow.waypoint.destination.PortRules;
import java.net.InetSocketAddress;
import java.util.Optional;

/** What a client's address leads to. */
sealed interface Site {
  /**
   * Something that is bound to this waypoint.
   *
   * @param backend the service or the workload itself
   */
  record Bound(
      Destination destination, PortRules rules, int port, InetSocketAddress address, Behind backend)
      implements Site {}

  /**
   * Nothing of ours.
   *
   * @param status for the client
   */
  record Unknown(int status, String reason) implements Site {}

  /** What stands behind a destination. */
  sealed interface Behind {
    record OfService(Service service) implements Behind {}

    record OfWorkload(Workload workload) implements Behind {}
  }

  /** The service, if it is one. */
  static Optional<Service> service(Behind behind) {
    return behind instanceof Behind.OfService(Service service)
        ? Optional.of(service)
        : Optional.empty();
  }
}
