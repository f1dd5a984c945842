package dev.marrow.waypoint.route;

import dev.marrow.mesh.workload.ServiceKey;
import org.jspecify.annotations.Nullable;

/** Where a request goes. */
public sealed interface Backend {
  /**
   * A port of a service.
   *
   * @param subset the name of a subset of its workloads; "" for all
   * @param tls how to open TLS inside the tunnel; null for plain text
   */
  record OfService(ServiceKey service, int port, String subset, @Nullable BackendTls tls)
      implements Backend {
    @Override
    public String toString() {
      return service + ":" + port + (subset.isEmpty() ? "" : "/" + subset);
    }
  }

  /** The workload that the client addressed itself. */
  record OriginalWorkload() implements Backend {}

  /** A reference that leads nowhere: its share of the requests gets 500. */
  record Unresolved() implements Backend {}
}
