package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.Fields;
import dev.marrow.proto.waypoint.BackendTls;
import dev.marrow.proto.waypoint.ConnectionPool;
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

  /** What WDS tells of a workload: its canonical name and revision. */
  private static final List<String> SUBSET_LABELS =
      List.of(
          "version",
          "app",
          "app.kubernetes.io/version",
          "app.kubernetes.io/name",
          "service.istio.io/canonical-revision",
          "service.istio.io/canonical-name");

  private TrafficReading() {}

  /** Checks {@code object}; what is wrong is added to {@code errors}. */
  public static void check(KubeObject object, List<String> errors) {
    read(object, errors, new ArrayList<>());
  }

  static Traffic read(KubeObject object, List<String> errors, List<String> notes) {
    Fields spec = Fields.of(object.spec(), "spec", errors, notes);
    String host = spec.text("host");
    TrafficPolicy.Builder policy = policy(spec.object("trafficPolicy"));
    TrafficPolicy general = policy.build();
    for (Fields subset : spec.list("subsets")) {
      policy.putSubsets(subset.text("name"), subset(subset, general));
    }
    spec.ignore("exportTo").unsupported("workloadSelector");
    spec.done();
    return new Traffic(host, policy.build());
  }

  /** Who belongs to it is found out elsewhere where it has to be {@code listed}. */
  private static Subset subset(Fields part, TrafficPolicy general) {
    Fields labels = part.object("labels");
    Subset.Builder subset = Subset.newBuilder();
    for (String name : labels.names()) {
      subset.putLabels(name, labels.text(name));
      subset.setListed(subset.getListed() || !SUBSET_LABELS.contains(name));
    }
    part.optional("trafficPolicy")
        .map(TrafficReading::policy)
        .ifPresent(own -> subset.setTraffic(over(general, own)));
    return subset.build();
  }

  /** A subset keeps the parts of the policy around it that it does not replace. */
  private static TrafficPolicy over(TrafficPolicy general, TrafficPolicy.Builder own) {
    TrafficPolicy.Builder both = general.toBuilder();
    if (own.hasLoadBalancer()) {
      both.setLoadBalancer(own.getLoadBalancer());
    }
    if (own.hasConnectionPool()) {
      both.setConnectionPool(own.getConnectionPool());
    }
    if (own.hasOutlierDetection()) {
      both.setOutlierDetection(own.getOutlierDetection());
    }
    if (own.hasTls()) {
      both.setTls(own.getTls());
    }
    return both.putAllPorts(own.getPortsMap()).build();
  }

  private static TrafficPolicy.Builder policy(Fields policy) {
    TrafficPolicy.Builder builder = parts(policy);
    for (Fields port : policy.list("portLevelSettings")) {
      int number = port.object("port").number("number", 0, 1, 65_535);
      builder.putPorts(number, parts(port).build());
    }
    return builder;
  }

  /** A port's settings replace all that is said of the host, also what they do not mention. */
  private static TrafficPolicy.Builder parts(Fields policy) {
    TrafficPolicy.Builder builder = TrafficPolicy.newBuilder();
    policy.optional("loadBalancer").map(BalancerReading::read).ifPresent(builder::setLoadBalancer);
    policy
        .optional("connectionPool")
        .map(TrafficReading::pool)
        .ifPresent(builder::setConnectionPool);
    policy
        .optional("outlierDetection")
        .map(TrafficReading::outliers)
        .ifPresent(builder::setOutlierDetection);
    policy.optional("tls").ifPresent(tls -> tls(tls, builder));
    policy.unsupported("tunnel", "proxyProtocol", "retryBudget");
    return builder;
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
