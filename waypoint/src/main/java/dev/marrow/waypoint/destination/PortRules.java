package dev.marrow.waypoint.destination;

import dev.marrow.waypoint.route.BackendTls;
import dev.marrow.waypoint.route.RouteTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happens at one port.
 *
 * @param backendTls how requests for this port are sent on; null: as the whole service says
 * @param routed whether a route is attached: a request that matches none gets 404
 */
public record PortRules(
    Protocol protocol,
    RouteTable routes,
    boolean routed,
    List<StreamRule> tcp,
    List<StreamRule> tls,
    @Nullable BackendTls backendTls) {
  /** What is spoken there. */
  public enum Protocol {
    /** Decided by the first bytes. */
    UNDECLARED,
    HTTP1,
    HTTP2,
    GRPC,
    TCP,
    TLS
  }

  public PortRules {
    tcp = List.copyOf(tcp);
    tls = List.copyOf(tls);
  }
}
