package dev.marrow.controlplane.compile.route;

import dev.marrow.proto.waypoint.HttpRule;
import dev.marrow.proto.waypoint.TcpRule;
import dev.marrow.proto.waypoint.TlsRule;
import dev.marrow.resources.ObjectKey;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * A route, compiled except for where it is attached. Ordered by age, then name: what decides
 * between equally specific matches (GatewayAPI HTTPRouteRule.matches).
 */
public record RouteFacts(
    ObjectKey key,
    Instant createdAt,
    List<ParentReference> parents,
    List<String> hostnames,
    List<HttpRule> http,
    List<TcpRule> tcp,
    List<TlsRule> tls)
    implements Comparable<RouteFacts> {
  public RouteFacts {
    parents = List.copyOf(parents);
    hostnames = List.copyOf(hostnames);
    http = List.copyOf(http);
    tcp = List.copyOf(tcp);
    tls = List.copyOf(tls);
  }

  @Override
  public int compareTo(RouteFacts other) {
    return Comparator.comparing(RouteFacts::createdAt)
        .thenComparing(route -> route.key().namespace())
        .thenComparing(route -> route.key().name())
        .thenComparing(route -> route.key().kind())
        .compare(this, other);
  }
}
