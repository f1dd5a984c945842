package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.Fields;
import dev.marrow.proto.waypoint.Distribution;
import dev.marrow.proto.waypoint.HashKey;
import dev.marrow.proto.waypoint.LoadBalancer;
import java.util.List;
import java.util.Map;

/** Reads how a DestinationRule wants endpoints to be chosen. */
final class BalancerReading {
  private static final Map<String, LoadBalancer.Algorithm> SIMPLE =
      Map.of(
          "UNSPECIFIED", LoadBalancer.Algorithm.LEAST_REQUEST,
          "LEAST_CONN", LoadBalancer.Algorithm.LEAST_REQUEST,
          "LEAST_REQUEST", LoadBalancer.Algorithm.LEAST_REQUEST,
          "ROUND_ROBIN", LoadBalancer.Algorithm.ROUND_ROBIN,
          "RANDOM", LoadBalancer.Algorithm.RANDOM,
          "PASSTHROUGH", LoadBalancer.Algorithm.PASSTHROUGH);

  private static final List<String> TOPOLOGY =
      List.of(
          "topology.kubernetes.io/region",
          "topology.kubernetes.io/zone",
          "topology.istio.io/subzone",
          "topology.istio.io/network",
          "topology.istio.io/cluster",
          "kubernetes.io/hostname");

  private BalancerReading() {}

  static LoadBalancer read(Fields balancer) {
    LoadBalancer.Builder builder =
        LoadBalancer.newBuilder()
            .setAlgorithm(balancer.choice("simple", SIMPLE, LoadBalancer.Algorithm.LEAST_REQUEST));
    balancer.optional("consistentHash").ifPresent(hash -> hash(hash, builder));
    balancer
        .optional("localityLbSetting")
        .map(BalancerReading::locality)
        .ifPresent(builder::mergeFrom);
    balancer.duration("warmupDurationSecs").map(Protos::duration).ifPresent(builder::setSlowStart);
    balancer.optional("warmup").ifPresent(warmup -> warmup(warmup, builder));
    return builder.build();
  }

  /** Nothing where it is switched off. */
  private static LoadBalancer locality(Fields locality) {
    LoadBalancer.Builder builder = LoadBalancer.newBuilder();
    for (String label : locality.texts("failoverPriority")) {
      if (!TOPOLOGY.contains(label)) {
        locality.reject("failoverPriority", label + " (expected: one of " + TOPOLOGY + ")");
      }
      builder.addFailoverPriority(label);
    }
    locality.list("distribute").forEach(part -> builder.addDistribute(distribution(part)));
    locality.list("failover").forEach(part -> failover(part, builder));
    if (builder.getDistributeCount() > 0
        && builder.getFailoverPriorityCount() + builder.getFailoverRegionsCount() > 0) {
      locality.reject("distribute", "with failover (expected: one of the two)");
    }
    return locality.flag("enabled", true) ? builder.build() : LoadBalancer.getDefaultInstance();
  }

  /** Of several for the same region the first counts. */
  private static void failover(Fields part, LoadBalancer.Builder into) {
    String from = part.text("from");
    String to = part.text("to");
    for (String region : List.of(from, to)) {
      if (region.contains("/") || region.contains("*")) {
        part.reject(region.equals(from) ? "from" : "to", region + " (expected: a region)");
      }
    }
    if (from.equals(to)) {
      part.reject("to", to + " (expected: another region than from)");
    }
    if (!into.containsFailoverRegions(from)) {
      into.putFailoverRegions(from, to);
    }
  }

  private static void warmup(Fields warmup, LoadBalancer.Builder into) {
    warmup.duration("duration").map(Protos::duration).ifPresent(into::setSlowStart);
    into.setSlowStartMinimumPercent((int) Math.round(warmup.fraction("minimumPercent", 10)));
    double aggression = warmup.fraction("aggression", 1);
    if (!(aggression >= 1 && aggression <= 100)) {
      warmup.reject("aggression", aggression + " (expected: 1 to 100)");
    }
    into.setSlowStartAggression(aggression);
  }

  private static Distribution distribution(Fields part) {
    Distribution.Builder builder = Distribution.newBuilder().setFrom(part.text("from"));
    Fields to = part.object("to");
    int sum = 0;
    for (String place : to.names()) {
      int share = to.number(place, 0, 0, 100);
      sum += share;
      builder.putTo(place, share);
    }
    if (sum != 100) {
      part.reject("to", "the shares make " + sum + " (expected: 100)");
    }
    return builder.build();
  }

  private static void hash(Fields hash, LoadBalancer.Builder into) {
    HashKey.Builder key = HashKey.newBuilder();
    if (hash.has("httpHeaderName")) {
      key.setHeader(hash.text("httpHeaderName"));
    } else if (hash.has("httpQueryParameterName")) {
      key.setQueryParameter(hash.text("httpQueryParameterName"));
    } else if (hash.has("httpCookie")) {
      Fields cookie = hash.object("httpCookie");
      key.setCookie(cookie.text("name")).setCookiePath(cookie.text("path", ""));
      cookie.duration("ttl").map(Protos::duration).ifPresent(key::setCookieTtl);
      cookie.unsupported("attributes");
    } else {
      key.setSourceIp(hash.flag("useSourceIp", true));
    }
    boolean maglev = hash.has("maglev");
    into.setHashKey(key)
        .setAlgorithm(maglev ? LoadBalancer.Algorithm.MAGLEV : LoadBalancer.Algorithm.RING_HASH)
        .setTableSize(
            maglev
                ? hash.object("maglev").number("tableSize", 0)
                : hash.has("ringHash")
                    ? hash.object("ringHash").number("minimumRingSize", 0)
                    : hash.number("minimumRingSize", 0));
  }
}
