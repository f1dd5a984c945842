package dev.marrow.waypoint.destination;

import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.waypoint.authorize.Authorizer;
import dev.marrow.waypoint.authorize.PathNormalization;
import dev.marrow.waypoint.route.RateLimit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One service or workload that is bound to this waypoint, with all that applies to it.
 *
 * @param ports by service port; 0 stands for every port of a workload that is not listed
 * @param forwardClientIdentity whether {@code x-forwarded-client-cert} is written
 * @param compression of responses; null: they pass as they are
 */
public record Destination(
    Target target,
    Map<Integer, PortRules> ports,
    Authorizer authorizer,
    List<JwtRule> jwt,
    Traffic traffic,
    TelemetryRules telemetry,
    List<RateLimit> rateLimits,
    PathNormalization normalization,
    boolean forwardClientIdentity,
    @Nullable CompressionRules compression) {
  /** What is bound. */
  public sealed interface Target {
    /** The resource name on the wire. */
    String resourceName();

    record OfService(ServiceKey key) implements Target {
      @Override
      public String resourceName() {
        return key.toString();
      }
    }

    record OfWorkload(String uid) implements Target {
      @Override
      public String resourceName() {
        return uid;
      }
    }
  }

  public Destination {
    ports = Map.copyOf(ports);
    jwt = List.copyOf(jwt);
    rateLimits = List.copyOf(rateLimits);
  }

  /** The rules of a port, or null if the destination has no such port. */
  public @Nullable PortRules port(int port) {
    PortRules rules = ports.get(port);
    return rules == null && target instanceof Target.OfWorkload ? ports.get(0) : rules;
  }
}
