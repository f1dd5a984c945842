package dev.marrow.waypoint.destination;

import dev.marrow.http.HeaderName;
import dev.marrow.mesh.workload.LoadBalancing;
import dev.marrow.waypoint.route.BackendTls;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How connections to a service's workloads are made and chosen (DestinationRule).
 *
 * @param tls to every backend; null for plain text
 * @param subsets labels by name
 */
public record Traffic(
    Balancing balancing,
    Pool pool,
    Outliers outliers,
    @Nullable BackendTls tls,
    Map<String, Map<String, String>> subsets) {
  public static final Traffic STANDARD =
      new Traffic(Balancing.STANDARD, Pool.STANDARD, Outliers.OFF, null, Map.of());

  public Traffic {
    subsets = Map.copyOf(subsets);
  }

  /** How one of several workloads is chosen. */
  public enum Algorithm {
    LEAST_REQUEST,
    ROUND_ROBIN,
    RANDOM,
    RING_HASH,
    MAGLEV
  }

  /** What a consistent hash is made of. */
  public sealed interface HashKey {
    /** Nothing: the choice is random. */
    record None() implements HashKey {}

    record Header(HeaderName name) implements HashKey {}

    /** {@code ttl} zero: only if the client sends it; else we set it. */
    record Cookie(String name, Duration ttl, String path) implements HashKey {}

    record SourceIp() implements HashKey {}

    record QueryParameter(String name) implements HashKey {}
  }

  /**
   * How workloads are chosen.
   *
   * @param tableSize of the ring or table; 0: the usual one
   * @param locality what is preferred instead of what the service itself prefers; null: nothing
   */
  public record Balancing(
      Algorithm algorithm, HashKey key, int tableSize, @Nullable LoadBalancing locality) {
    public static final Balancing STANDARD =
        new Balancing(Algorithm.LEAST_REQUEST, new HashKey.None(), 0, null);
  }

  /** Limits per service; 0: none. Durations of zero: the standard ones. */
  public record Pool(
      int maxConnections,
      int maxPending,
      int maxRequests,
      int maxRetries,
      int maxRequestsPerConnection,
      Duration connectTimeout,
      Duration idleTimeout) {
    public static final Pool STANDARD =
        new Pool(0, 0, 0, 0, 0, Duration.ofSeconds(10), Duration.ofSeconds(60));
  }

  /** When a workload is left out for a while; 0: never for that reason. */
  public record Outliers(
      int consecutive5xx,
      int consecutiveGatewayErrors,
      int consecutiveLocalFailures,
      Duration baseEjection,
      int maxEjectionPercent,
      int minHealthPercent) {
    public static final Outliers OFF = new Outliers(0, 0, 0, Duration.ofSeconds(30), 10, 0);

    public boolean on() {
      return consecutive5xx > 0 || consecutiveGatewayErrors > 0 || consecutiveLocalFailures > 0;
    }
  }
}
