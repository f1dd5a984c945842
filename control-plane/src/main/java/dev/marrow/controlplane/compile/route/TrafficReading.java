package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.Fields;
import dev.marrow.proto.waypoint.BackendTls;
import dev.marrow.proto.waypoint.ConnectionPool;
import dev.marrow.proto.waypoint.HashKey;
import dev.marrow.proto.waypoint.LoadBalancer;
import dev.marrow.proto.waypoint.OutlierDetection;
import dev.marrow.proto.waypoint.Subset;
import dev.marrow.proto.waypoint.TrafficPolicy;
import dev.marrow.resources.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads a DestinationRule strictly. */
public final class TrafficReading {
  /** The host it is about, as written, and what it wants. */
  record Traffic(String host, TrafficPolicy policy) {}

  private static final Map<String, LoadBalancer.Algorithm> SIMPLE =
      Map.of(
          "UNSPECIFIED", LoadBalancer.Algorithm.LEAST_REQUEST,
          "LEAST_CONN", LoadBalancer.Algorithm.LEAST_REQUEST,
          "LEAST_REQUEST", LoadBalancer.Algorithm.LEAST_REQUEST,
          "ROUND_ROBIN", LoadBalancer.Algorithm.ROUND_ROBIN,
          "RANDOM", LoadBalancer.Algorithm.RANDOM,
          "PASSTHROUGH", LoadBalancer.Algorithm.PASSTHROUGH);

  private static final List<String> SUBSET_LABELS =
      List.of(
          "version",
          "app",
          "app.kubernetes.io/version",
          "app.kubernetes.io/name",
          "service.istio.io/canonical-revision",
          "service.istio.io/canonical-name");
  private static final List<String> TOPOLOGY =
      List.of(
          "topology.kubernetes.io/region",
          "topology.kubernetes.io/zone",
          "topology.istio.io/subzone",
          "topology.istio.io/network",
          "topology.istio.io/cluster",
          "kubernetes.io/hostname");

  private TrafficReading() {}

  /** Checks {@code object}; what is wrong is added to {@code errors}. */
  public static void check(KubeObject object, List<String> errors) {
    read(object, errors, new ArrayList<>());
  }

  static Traffic read(KubeObject object, List<String> errors, List<String> notes) {
    Fields spec = Fields.of(object.spec(), "spec", errors, notes);
    String host = spec.text("host");
    TrafficPolicy.Builder policy = policy(spec.object("trafficPolicy"));
    for (Fields subset : spec.list("subsets")) {
      subset.unsupported("trafficPolicy");
      policy.putSubsets(subset.text("name"), subset(subset.object("labels")));
    }
    spec.ignore("exportTo").unsupported("workloadSelector");
    spec.done();
    return new Traffic(host, policy.build());
  }

  /** Of a workload, a waypoint is told its canonical name and revision only. */
  private static Subset subset(Fields labels) {
    Subset.Builder subset = Subset.newBuilder();
    for (String name : labels.names()) {
      subset.putLabels(name, labels.text(name));
      if (!SUBSET_LABELS.contains(name)) {
        labels.reject(name, "not known of endpoints (expected: one of " + SUBSET_LABELS + ")");
      }
    }
    return subset.build();
  }

  private static TrafficPolicy.Builder policy(Fields policy) {
    TrafficPolicy.Builder builder = TrafficPolicy.newBuilder();
    policy
        .optional("loadBalancer")
        .map(TrafficReading::balancer)
        .ifPresent(builder::setLoadBalancer);
    policy
        .optional("connectionPool")
        .map(TrafficReading::pool)
        .ifPresent(builder::setConnectionPool);
    policy
        .optional("outlierDetection")
        .map(TrafficReading::outliers)
        .ifPresent(builder::setOutlierDetection);
    policy.optional("tls").ifPresent(tls -> tls(tls, builder));
    policy.unsupported("portLevelSettings", "tunnel", "proxyProtocol", "retryBudget");
    return builder;
  }

  private static LoadBalancer balancer(Fields balancer) {
    LoadBalancer.Builder builder =
        LoadBalancer.newBuilder()
            .setAlgorithm(balancer.choice("simple", SIMPLE, LoadBalancer.Algorithm.LEAST_REQUEST));
    balancer.optional("consistentHash").ifPresent(hash -> hash(hash, builder));
    balancer
        .optional("localityLbSetting")
        .ifPresent(locality -> {
          for (String label : locality.texts("failoverPriority")) {
            if (!TOPOLOGY.contains(label)) {
              locality.reject("failoverPriority", label + " (expected: one of " + TOPOLOGY + ")");
            }
            builder.addFailoverPriority(label);
          }
          locality.ignore("enabled").unsupported("distribute", "failover");
        });
    balancer.unsupported("warmupDurationSecs", "warmup");
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

  private static ConnectionPool pool(Fields pool) {
    ConnectionPool.Builder builder = ConnectionPool.newBuilder();
    Fields tcp = pool.object("tcp");
    builder.setMaxConnections(tcp.number("maxConnections", 0));
    tcp.duration("connectTimeout").map(Protos::duration).ifPresent(builder::setConnectTimeout);
    tcp.duration("idleTimeout").map(Protos::duration).ifPresent(builder::setIdleTimeout);
    tcp.unsupported("tcpKeepalive", "maxConnectionDuration");
    Fields http = pool.object("http");
    builder
        .setMaxPendingRequests(http.number("http1MaxPendingRequests", 0))
        .setMaxRequests(http.number("http2MaxRequests", 0))
        .setMaxRetries(http.number("maxRetries", 0))
        .setMaxRequestsPerConnection(http.number("maxRequestsPerConnection", 0));
    http.duration("idleTimeout").map(Protos::duration).ifPresent(builder::setIdleTimeout);
    http.unsupported("h2UpgradePolicy", "useClientProtocol", "maxConcurrentStreams");
    return builder.build();
  }

  private static OutlierDetection outliers(Fields outliers) {
    OutlierDetection.Builder builder =
        OutlierDetection.newBuilder()
            .setConsecutive5Xx(
                outliers.number("consecutive5xxErrors", outliers.number("consecutiveErrors", 5)))
            .setConsecutiveGatewayErrors(outliers.number("consecutiveGatewayErrors", 0))
            .setConsecutiveLocalFailures(outliers.number("consecutiveLocalOriginFailures", 0))
            .setMaxEjectionPercent(outliers.number("maxEjectionPercent", 10, 0, 100))
            .setMinHealthPercent(outliers.number("minHealthPercent", 0, 0, 100));
    outliers.duration("interval").map(Protos::duration).ifPresent(builder::setInterval);
    outliers
        .duration("baseEjectionTime")
        .map(Protos::duration)
        .ifPresent(builder::setBaseEjectionTime);
    outliers.unsupported("splitExternalLocalOriginErrors");
    return builder.build();
  }

  private static void tls(Fields tls, TrafficPolicy.Builder into) {
    String mode =
        tls.choice(
            "mode",
            Map.of(
                "DISABLE", "DISABLE",
                "SIMPLE", "SIMPLE",
                "MUTUAL", "MUTUAL",
                "ISTIO_MUTUAL", "ISTIO_MUTUAL"),
            "DISABLE");
    BackendTls.Builder builder =
        BackendTls.newBuilder()
            .setHostname(tls.text("sni", ""))
            .addAllSubjectAltNames(tls.texts("subjectAltNames"));
    tls.unsupported(
        "clientCertificate",
        "privateKey",
        "caCertificates",
        "credentialName",
        "insecureSkipVerify",
        "caCrl");
    switch (mode) {
      // The tunnel is mutual TLS already.
      case "DISABLE", "ISTIO_MUTUAL" -> {}
      case "SIMPLE" -> into.setTls(builder.setSystemRoots(true));
      default -> tls.reject("mode", "MUTUAL is not supported (expected: SIMPLE)");
    }
  }
}
