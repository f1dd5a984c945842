package dev.marrow.waypoint.compile;

import dev.marrow.http.HeaderName;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.proto.waypoint.Compression;
import dev.marrow.proto.waypoint.JwtProvider;
import dev.marrow.proto.waypoint.Port;
import dev.marrow.proto.waypoint.TcpBackend;
import dev.marrow.proto.waypoint.Telemetry;
import dev.marrow.waypoint.authorize.Authorizer;
import dev.marrow.waypoint.authorize.PathNormalization;
import dev.marrow.waypoint.destination.CompressionRules;
import dev.marrow.waypoint.destination.Destination;
import dev.marrow.waypoint.destination.JwtRule;
import dev.marrow.waypoint.destination.PortRules;
import dev.marrow.waypoint.destination.StreamRule;
import dev.marrow.waypoint.destination.TelemetryRules;
import dev.marrow.waypoint.destination.Traffic;
import dev.marrow.waypoint.route.RouteTable;
import dev.marrow.waypoint.route.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Compiles one Destination. Fails with name, value and expectation for anything it does not
 * understand: a rule left out would be a rule not enforced.
 */
public final class DestinationCompiler {
  private DestinationCompiler() {}

  public static Destination compile(dev.marrow.proto.waypoint.Destination destination) {
    Destination.Target target =
        switch (destination.getTargetCase()) {
          case SERVICE ->
              new Destination.Target.OfService(
                  new ServiceKey(
                      destination.getService().getNamespace(),
                      destination.getService().getHostname()));
          case WORKLOAD -> new Destination.Target.OfWorkload(destination.getWorkload().getUid());
          case TARGET_NOT_SET -> throw Values.wrong("target", "none", "service or workload");
        };
    Map<Integer, PortRules> ports = new HashMap<>();
    destination.getPortsList().forEach(port -> ports.put(port.getPort(), port(port)));
    return new Destination(
        target,
        ports,
        new Authorizer(destination.getPoliciesList().stream().map(PolicyCompiler::policy).toList()),
        destination.getJwtProvidersList().stream().map(DestinationCompiler::jwt).toList(),
        destination.hasTraffic()
            ? TrafficCompiler.traffic(destination.getTraffic())
            : Traffic.STANDARD,
        destination.hasTelemetry()
            ? telemetry(destination.getTelemetry())
            : TelemetryRules.STANDARD,
        destination.getRateLimitsList().stream().map(RuleCompiler::rateLimit).toList(),
        normalization(destination),
        destination.getForwardClientIdentity(),
        destination.hasCompression() ? compression(destination.getCompression()) : null);
  }

  private static CompressionRules compression(Compression compression) {
    int least = compression.getMinBytes();
    Set<String> types = new HashSet<>();
    compression.getContentTypesList().forEach(type -> types.add(type.toLowerCase(Locale.ROOT)));
    return new CompressionRules(
        least == 0 ? CompressionRules.USUAL_MIN_BYTES : least,
        types.isEmpty() ? CompressionRules.USUAL_TYPES : types);
  }

  private static PathNormalization normalization(
      dev.marrow.proto.waypoint.Destination destination) {
    return switch (destination.getPathNormalization()) {
      case BASE -> PathNormalization.BASE;
      case NONE -> PathNormalization.NONE;
      case MERGE_SLASHES -> PathNormalization.MERGE_SLASHES;
      case DECODE_AND_MERGE_SLASHES -> PathNormalization.DECODE_AND_MERGE_SLASHES;
      case UNRECOGNIZED ->
          throw Values.unknown("path normalization", destination.getPathNormalization());
    };
  }

  private static PortRules port(Port port) {
    List<Rule> rules = port.getHttpRulesList().stream().map(RuleCompiler::rule).toList();
    List<StreamRule> tcp = new ArrayList<>();
    port.getTcpRulesList()
        .forEach(r -> tcp.add(stream(r.getRoute(), List.of(), r.getBackendsList())));
    List<StreamRule> tls = new ArrayList<>();
    port.getTlsRulesList()
        .forEach(r -> tls.add(stream(r.getRoute(), r.getHostnamesList(), r.getBackendsList())));
    return new PortRules(
        protocol(port),
        new RouteTable(rules, port.getInOrder()),
        port.getRouted(),
        tcp,
        tls,
        Values.tls(port.hasBackendTls(), port.getBackendTls()));
  }

  private static PortRules.Protocol protocol(Port port) {
    return switch (port.getProtocol()) {
      case UNDECLARED -> PortRules.Protocol.UNDECLARED;
      case HTTP1 -> PortRules.Protocol.HTTP1;
      case HTTP2 -> PortRules.Protocol.HTTP2;
      case GRPC -> PortRules.Protocol.GRPC;
      case TCP -> PortRules.Protocol.TCP;
      case TLS -> PortRules.Protocol.TLS;
      case UNRECOGNIZED -> throw Values.unknown("protocol", port.getProtocol());
    };
  }

  private static StreamRule stream(
      String route, List<String> hostnames, List<TcpBackend> backends) {
    return new StreamRule(
        route,
        hostnames.stream().map(h -> h.toLowerCase(Locale.ROOT)).toList(),
        backends.stream()
            .map(b -> new StreamRule.Share(Values.backend(b.getBackend()), b.getWeight()))
            .toList());
  }

  private static JwtRule jwt(JwtProvider provider) {
    List<JwtRule.Location> locations =
        provider.getFromHeadersList().stream()
            .map(h -> new JwtRule.Location(Values.name(h.getName()), h.getPrefix()))
            .toList();
    Map<HeaderName, String> claims = new HashMap<>();
    provider
        .getClaimsToHeadersList()
        .forEach(c -> claims.put(Values.name(c.getHeader()), c.getClaim()));
    String payload = provider.getOutputPayloadToHeader();
    return new JwtRule(
        provider.getIssuer(),
        provider.getAudiencesList(),
        provider.getJwks(),
        provider.getJwksUri(),
        locations,
        provider.getFromParamsList(),
        provider.getFromCookiesList(),
        payload.isEmpty() ? null : Values.name(payload),
        provider.getForwardOriginalToken(),
        claims);
  }

  private static TelemetryRules telemetry(Telemetry telemetry) {
    Map<String, TelemetryRules.MetricTag> tags = new HashMap<>();
    telemetry.getMetricTagsMap().forEach((name, value) -> tags.put(label(name), metricTag(value)));
    return new TelemetryRules(
        logFilter(telemetry),
        tags,
        telemetry.hasTraceSamplingPercent()
            ? OptionalDouble.of(telemetry.getTraceSamplingPercent())
            : OptionalDouble.empty(),
        !telemetry.getTraceDisabled(),
        telemetry.getTraceTagsMap());
  }

  /** A name that Prometheus takes, made as Envoy does; {@code le} is the histograms' own. */
  private static String label(String name) {
    String plain = name.replaceAll("[^a-zA-Z0-9_]", "_");
    boolean taken = plain.isEmpty() || Character.isDigit(plain.charAt(0)) || plain.equals("le");
    return taken ? "_" + plain : plain;
  }

  private static TelemetryRules.MetricTag metricTag(String value) {
    boolean quoted = value.matches("'[^']*'|\"[^\"]*\"");
    return switch (value) {
      case "" -> new TelemetryRules.MetricTag.Removed();
      case "request.host" -> TelemetryRules.MetricTag.Attribute.HOST;
      case "request.method" -> TelemetryRules.MetricTag.Attribute.METHOD;
      case "request.protocol" -> TelemetryRules.MetricTag.Attribute.PROTOCOL;
      default -> {
        if (!quoted) {
          throw Values.wrong("metric tag", value, "a literal in quotes, or request.host, …");
        }
        yield new TelemetryRules.MetricTag.Literal(value.substring(1, value.length() - 1));
      }
    };
  }

  private static TelemetryRules.LogFilter logFilter(Telemetry telemetry) {
    String filter = telemetry.getAccessLogFilter().strip();
    if (telemetry.getAccessLogDisabled()) {
      return new TelemetryRules.LogFilter.None();
    }
    if (filter.isEmpty()) {
      return new TelemetryRules.LogFilter.All();
    }
    if (filter.equals("errors")) {
      return new TelemetryRules.LogFilter.AtLeast(400);
    }
    String code = "response.code >= ";
    if (filter.startsWith(code) && filter.substring(code.length()).matches("[1-9][0-9]{2}")) {
      return new TelemetryRules.LogFilter.AtLeast(
          Integer.parseInt(filter.substring(code.length())));
    }
    throw Values.wrong("access log filter", filter, "'', errors, or response.code >= N");
  }
}
