package dev.marrow.waypoint.compile;

import dev.marrow.mesh.workload.LoadBalancing;
import dev.marrow.proto.waypoint.Distribution;
import dev.marrow.proto.waypoint.HashKey;
import dev.marrow.proto.waypoint.LoadBalancer;
import dev.marrow.proto.waypoint.Subset;
import dev.marrow.proto.waypoint.TrafficPolicy;
import dev.marrow.waypoint.destination.Traffic;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compiles traffic policies. */
final class TrafficCompiler {
  private static final List<LoadBalancing.Scope> NEAREST =
      List.of(LoadBalancing.Scope.REGION, LoadBalancing.Scope.ZONE, LoadBalancing.Scope.SUBZONE);

  private TrafficCompiler() {}

  static Traffic traffic(TrafficPolicy policy) {
    Map<String, Traffic.Subset> subsets = new HashMap<>();
    policy.getSubsetsMap().forEach((name, subset) -> subsets.put(name, subset(subset)));
    Map<Integer, Traffic> ports = new HashMap<>();
    policy.getPortsMap().forEach((port, own) -> ports.put(port, traffic(own)));
    return new Traffic(
        balancing(policy.getLoadBalancer()),
        policy.hasConnectionPool() ? pool(policy.getConnectionPool()) : Traffic.Pool.STANDARD,
        policy.hasOutlierDetection()
            ? outliers(policy.getOutlierDetection())
            : Traffic.Outliers.OFF,
        Values.tls(policy.hasTls(), policy.getTls()),
        subsets,
        ports);
  }

  private static Traffic.Subset subset(Subset subset) {
    Traffic.Members members =
        subset.getListed()
            ? new Traffic.Members.Listed(Set.copyOf(subset.getWorkloadsList()))
            : new Traffic.Members.OfLabels(subset.getLabelsMap());
    return new Traffic.Subset(members, subset.hasTraffic() ? traffic(subset.getTraffic()) : null);
  }

  private static Traffic.Balancing balancing(LoadBalancer balancer) {
    Traffic.Algorithm algorithm =
        switch (balancer.getAlgorithm()) {
          case LEAST_REQUEST -> Traffic.Algorithm.LEAST_REQUEST;
          case ROUND_ROBIN -> Traffic.Algorithm.ROUND_ROBIN;
          case RANDOM -> Traffic.Algorithm.RANDOM;
          case RING_HASH -> Traffic.Algorithm.RING_HASH;
          case MAGLEV -> Traffic.Algorithm.MAGLEV;
          case PASSTHROUGH, UNRECOGNIZED ->
              throw Values.unknown("load balancer", balancer.getAlgorithm());
        };
    return new Traffic.Balancing(
        algorithm,
        key(balancer.getHashKey()),
        balancer.getTableSize(),
        locality(balancer),
        balancer.getDistributeList().stream().map(TrafficCompiler::shares).toList(),
        new Traffic.Failover(balancer.getFailoverRegionsMap()),
        balancer.hasSlowStart() ? warmup(balancer) : Traffic.Warmup.NONE);
  }

  private static Traffic.Shares shares(Distribution distribution) {
    return new Traffic.Shares(
        Traffic.Area.parse(distribution.getFrom()),
        distribution.getToMap().entrySet().stream()
            .map(e -> new Traffic.Share(Traffic.Area.parse(e.getKey()), e.getValue()))
            .toList());
  }

  private static Traffic.Warmup warmup(LoadBalancer balancer) {
    int percent = balancer.getSlowStartMinimumPercent();
    double aggression = balancer.getSlowStartAggression();
    if (percent > 100 || !(aggression >= 0)) {
      throw Values.wrong("slow start", percent + "%, " + aggression, "0 to 100%, 0 or more");
    }
    return new Traffic.Warmup(
        Values.duration(balancer.getSlowStart()),
        (percent == 0 ? 10 : percent) / 100.0,
        aggression == 0 ? 1 : aggression);
  }

  /** Who names regions only wants the nearest place first, as ever. */
  private static @Nullable LoadBalancing locality(LoadBalancer balancer) {
    List<LoadBalancing.Scope> scopes =
        balancer.getFailoverPriorityCount() == 0 && balancer.getFailoverRegionsCount() > 0
            ? NEAREST
            : balancer.getFailoverPriorityList().stream().map(TrafficCompiler::scope).toList();
    return scopes.isEmpty()
        ? null
        : new LoadBalancing(
            LoadBalancing.Mode.FAILOVER, scopes, LoadBalancing.HealthPolicy.ONLY_HEALTHY);
  }

  private static LoadBalancing.Scope scope(String label) {
    return switch (label) {
      case "topology.kubernetes.io/region" -> LoadBalancing.Scope.REGION;
      case "topology.kubernetes.io/zone" -> LoadBalancing.Scope.ZONE;
      case "topology.istio.io/subzone" -> LoadBalancing.Scope.SUBZONE;
      case "topology.istio.io/network" -> LoadBalancing.Scope.NETWORK;
      case "topology.istio.io/cluster" -> LoadBalancing.Scope.CLUSTER;
      case "kubernetes.io/hostname" -> LoadBalancing.Scope.NODE;
      default -> throw Values.wrong("failover priority", label, "a topology label");
    };
  }

  private static Traffic.HashKey key(HashKey key) {
    return switch (key.getKindCase()) {
      case HEADER -> new Traffic.HashKey.Header(Values.name(key.getHeader()));
      case COOKIE ->
          new Traffic.HashKey.Cookie(
              Values.name(key.getCookie()).toString(),
              Values.duration(key.getCookieTtl()),
              key.getCookiePath());
      case SOURCE_IP -> new Traffic.HashKey.SourceIp();
      case QUERY_PARAMETER -> new Traffic.HashKey.QueryParameter(key.getQueryParameter());
      case KIND_NOT_SET -> new Traffic.HashKey.None();
    };
  }

  private static Traffic.Pool pool(dev.marrow.proto.waypoint.ConnectionPool pool) {
    Traffic.Pool standard = Traffic.Pool.STANDARD;
    return new Traffic.Pool(
        pool.getMaxConnections(),
        pool.getMaxPendingRequests(),
        pool.getMaxRequests(),
        pool.getMaxRetries(),
        pool.getMaxRequestsPerConnection(),
        Values.duration(
            pool.hasConnectTimeout(), pool.getConnectTimeout(), standard.connectTimeout()),
        Values.duration(pool.hasIdleTimeout(), pool.getIdleTimeout(), standard.idleTimeout()));
  }

  private static Traffic.Outliers outliers(dev.marrow.proto.waypoint.OutlierDetection outliers) {
    Traffic.Outliers off = Traffic.Outliers.OFF;
    int percent = outliers.getMaxEjectionPercent();
    return new Traffic.Outliers(
        outliers.getConsecutive5Xx(),
        outliers.getConsecutiveGatewayErrors(),
        outliers.getConsecutiveLocalFailures(),
        Values.duration(
            outliers.hasBaseEjectionTime(), outliers.getBaseEjectionTime(), off.baseEjection()),
        percent == 0 ? off.maxEjectionPercent() : percent,
        outliers.getMinHealthPercent());
  }
}
