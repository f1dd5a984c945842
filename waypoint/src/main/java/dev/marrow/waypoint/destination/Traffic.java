package dev.marrow.waypoint.destination;

import dev.marrow.http.HeaderName;
import dev.marrow.mesh.workload.LoadBalancing;
import dev.marrow.mesh.workload.Locality;
import dev.marrow.waypoint.route.BackendTls;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How connections to a service's workloads are made and chosen (DestinationRule).
 *
 * @param tls to every backend; null for plain text
 * @param subsets by name
 * @param ports what holds for requests to these ports, instead of all of the rest
 */
public record Traffic(
    Balancing balancing,
    Pool pool,
    Outliers outliers,
    @Nullable BackendTls tls,
    Map<String, Subset> subsets,
    Map<Integer, Traffic> ports) {
  public static final Traffic STANDARD =
      new Traffic(Balancing.STANDARD, Pool.STANDARD, Outliers.OFF, null, Map.of(), Map.of());

  public Traffic {
    subsets = Map.copyOf(subsets);
    ports = Map.copyOf(ports);
  }

  /** What holds for requests to {@code port}. */
  public Traffic at(int port) {
    return ports.isEmpty() ? this : ports.getOrDefault(port, this);
  }

  /** Workloads that have something in common. */
  public sealed interface Members {
    /** These labels, of those that are known of every workload. */
    record OfLabels(Map<String, String> labels) implements Members {
      public OfLabels {
        labels = Map.copyOf(labels);
      }
    }

    /** These uids. */
    record Listed(Set<String> uids) implements Members {
      public Listed {
        uids = Set.copyOf(uids);
      }
    }
  }

  /**
   * A part of a service's workloads.
   *
   * @param traffic what holds for it; null: what holds for the service
   */
  public record Subset(Members members, @Nullable Traffic traffic) {}

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
   * @param shares of localities, by where we are; none: no shares
   * @param failover which regions come before the rest
   * @param warmup how new workloads begin
   */
  public record Balancing(
      Algorithm algorithm,
      HashKey key,
      int tableSize,
      @Nullable LoadBalancing locality,
      List<Shares> shares,
      Failover failover,
      Warmup warmup) {
    public static final Balancing STANDARD =
        new Balancing(
            Algorithm.LEAST_REQUEST,
            new HashKey.None(),
            0,
            null,
            List.of(),
            Failover.NONE,
            Warmup.NONE);

    public Balancing {
      shares = List.copyOf(shares);
    }
  }

  /**
   * Regions that take over for others.
   *
   * @param regions from a region to the one that comes next
   */
  public record Failover(Map<String, String> regions) {
    public static final Failover NONE = new Failover(Map.of());

    public Failover {
      regions = Map.copyOf(regions);
    }

    /** What comes before all others for who is in {@code region}; none: nothing is said of it. */
    public Set<String> first(String region) {
      String next = regions.get(region);
      return next == null || next.equals(region) ? Set.of() : Set.of(region, next);
    }
  }

  /** What goes to which localities from {@code from}. */
  public record Shares(Area from, List<Share> to) {
    public Shares {
      to = List.copyOf(to);
    }
  }

  /** A weight. */
  public record Share(Area area, int weight) {}

  /** Localities that begin alike; a part that is empty may be anything. */
  public record Area(String region, String zone, String subzone) {
    /** {@code region/zone/subzone}, where an asterisk ends what has to be equal. */
    public static Area parse(String text) {
      String[] parts = text.split("/", -1);
      return new Area(part(parts, 0), part(parts, 1), part(parts, 2));
    }

    private static String part(String[] parts, int index) {
      return index >= parts.length || parts[index].equals("*") ? "" : parts[index];
    }

    public boolean covers(Locality place) {
      return (region.isEmpty() || region.equals(place.region()))
          && (zone.isEmpty() || zone.equals(place.zone()))
          && (subzone.isEmpty() || subzone.equals(place.subzone()));
    }
  }

  /**
   * A workload that is new gets less at first; its share grows to the whole over {@code window}.
   *
   * @param window zero: no workload is treated as new
   * @param least of a whole share, at the beginning; from 0 to 1
   * @param aggression 1: the share grows with time; larger: faster at first
   */
  public record Warmup(Duration window, double least, double aggression) {
    public static final Warmup NONE = new Warmup(Duration.ZERO, 1, 1);

    public boolean on() {
      return !window.isZero();
    }

    /** The share of a workload of this age, from 0 to 1. */
    public double share(Duration age) {
      double part = (double) age.toNanos() / Math.max(1, window.toNanos());
      return part >= 1 ? 1 : Math.max(least, Math.pow(Math.max(part, 0), 1 / aggression));
    }
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
