package dev.marrow.waypoint.destination;

import dev.marrow.waypoint.route.RouteTable;
import java.util.List;

/**
 * What happens at one port.
 *
 * @param routed whether a route is attached: a request that matches none gets 404
 */
public record PortRules(
    Protocol protocol,
    RouteTable routes,
    boolean routed,
    List<StreamRule> tcp,
    List<StreamRule> tls) {
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
