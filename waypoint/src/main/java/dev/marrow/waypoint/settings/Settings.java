package dev.marrow.waypoint.settings;

import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.TrustDomain;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How a waypoint under a control plane runs.
 *
 * @param identity what our certificate says
 * @param loops event loops; 0: one per processor
 * @param streamIdle how long half a request may rest before it gets 408; zero: for ever
 */
public record Settings(
    SpiffeId identity,
    Node node,
    Servers servers,
    Ports ports,
    Logs logs,
    Tracing tracing,
    int loops,
    int queuedBytes,
    Duration drain,
    Duration streamIdle,
    PeerSettings peers) {
  /** Who we are to the control plane. */
  public record Node(
      String podName,
      String namespace,
      String account,
      String ip,
      String gateway,
      String nodeName,
      String network,
      String cluster,
      String clusterDomain) {
    /** As Istio's proxies name themselves. */
    public String id() {
      return "waypoint~%s~%s.%s~%s.svc.%s"
          .formatted(ip, podName, namespace, namespace, clusterDomain);
    }

    public Map<String, Object> metadata() {
      return Map.of(
          "NAME", podName,
          "NAMESPACE", namespace,
          "SERVICE_ACCOUNT", account,
          "CLUSTER_ID", cluster,
          "NETWORK", network,
          "NODE_NAME", nodeName,
          "INSTANCE_IPS", ip,
          "LABELS", Map.of("gateway.networking.k8s.io/gateway-name", gateway),
          "ISTIO_VERSION", "1.30.0");
    }
  }

  /**
   * Where configuration and certificates come from.
   *
   * @param roots a path, or PEM
   * @param token a path, or the token; "" for none
   */
  public record Servers(HostPort xds, HostPort ca, String roots, String caRoots, String token) {}

  /** A name and a port. */
  public record HostPort(String host, int port) {}

  /** Where we listen. */
  public record Ports(int hbone, int admin, int metrics, int readiness) {}

  /** {@code json}: one object per line; else Envoy's text. */
  public record Logs(boolean json, String level) {}

  /**
   * Where spans go, if anywhere.
   *
   * @param collector such as {@code http://collector:4317}; "" for nowhere
   * @param percent of the traces that begin here
   */
  public record Tracing(String collector, double percent) {
    public static final Tracing NONE = new Tracing("", 1);
  }

  public static Settings read(Map<String, String> environment) throws SettingsException {
    Variables variables = new Variables(environment);
    String domain = variables.text("TRUST_DOMAIN", "cluster.local");
    String namespace = variables.required("POD_NAMESPACE");
    String account = variables.required("SERVICE_ACCOUNT");
    Node node =
        new Node(
            variables.required("POD_NAME"),
            namespace,
            account,
            variables.required("INSTANCE_IP"),
            variables.text("GATEWAY_NAME", ""),
            variables.text("NODE_NAME", ""),
            variables.text("NETWORK", ""),
            variables.text("CLUSTER_ID", "Kubernetes"),
            variables.text("CLUSTER_DOMAIN", "cluster.local"));
    String xds = variables.required("XDS_ADDRESS");
    String roots = variables.required("XDS_ROOT_CA");
    Servers servers =
        new Servers(
            hostPort(variables, "XDS_ADDRESS", xds),
            hostPort(variables, "CA_ADDRESS", variables.text("CA_ADDRESS", xds)),
            roots,
            variables.text("CA_ROOT_CA", roots),
            variables.text("AUTH_TOKEN", ""));
    Ports ports =
        new Ports(
            variables.number("HBONE_PORT", 15008, 1, 65_535),
            variables.number("ADMIN_PORT", 15000, 1, 65_535),
            variables.number("STATS_PORT", 15020, 1, 65_535),
            variables.number("READINESS_PORT", 15021, 1, 65_535));
    Logs logs = logs(variables);
    Tracing tracing = tracing(variables);
    int loops = variables.number("PROXY_CONCURRENCY", 0, 0, 256);
    int queuedBytes = queuedBytes(variables);
    Duration drain = variables.duration("TERMINATION_DRAIN_DURATION", Duration.ofSeconds(5));
    Duration streamIdle = variables.duration("STREAM_IDLE_TIMEOUT", Duration.ofMinutes(5));
    PeerSettings peers = PeerSettings.read(variables);
    SpiffeId identity = identity(variables, domain, namespace, account);
    if (!variables.problems().isEmpty()) {
      throw new SettingsException(variables.problems());
    }
    return new Settings(
        identity,
        node,
        servers,
        ports,
        logs,
        tracing,
        loops,
        queuedBytes,
        drain,
        streamIdle,
        peers);
  }

  /** What all connections may hold in memory; they pause above, at twice that all of them. */
  static int queuedBytes(Variables variables) {
    return variables.number("MARROW_QUEUED_BYTES", 32 << 20, 1 << 20, 1 << 30);
  }

  static Logs logs(Variables variables) {
    String format = variables.text("LOG_FORMAT", "text");
    if (!List.of("text", "json").contains(format)) {
      variables.problem("LOG_FORMAT", format, "text or json");
    }
    return new Logs(format.equals("json"), variables.text("LOG_LEVEL", "info"));
  }

  static Tracing tracing(Variables variables) {
    String collector = variables.text("OTEL_EXPORTER_OTLP_ENDPOINT", "");
    if (!collector.isEmpty() && !collector.matches("https?://[^/:]+(:[0-9]{1,5})?/?")) {
      variables.problem("OTEL_EXPORTER_OTLP_ENDPOINT", collector, "http://HOST:PORT");
    }
    return new Tracing(collector, variables.percent("TRACE_SAMPLING_PERCENT", 1));
  }

  private static SpiffeId identity(
      Variables variables, String domain, String namespace, String account) {
    try {
      String place = namespace.isEmpty() ? "unknown" : namespace;
      String name = account.isEmpty() ? "unknown" : account;
      return SpiffeId.of(TrustDomain.parse(domain), place, name);
    } catch (IllegalArgumentException e) {
      variables.problem("TRUST_DOMAIN", domain, String.valueOf(e.getMessage()));
      return SpiffeId.of(TrustDomain.parse("cluster.local"), "unknown", "unknown");
    }
  }

  private static HostPort hostPort(Variables variables, String name, String text) {
    String plain = text.replaceFirst("^https?://", "");
    int colon = plain.lastIndexOf(':');
    try {
      String host = plain.substring(0, Math.max(colon, 0)).replace("[", "").replace("]", "");
      int port = Integer.parseInt(plain.substring(colon + 1));
      if (!host.isEmpty() && port > 0 && port < 65_536) {
        return new HostPort(host, port);
      }
    } catch (NumberFormatException e) {
      // Told below, as a port out of range is.
    }
    if (!text.isEmpty()) {
      variables.problem(name, text, "host:port");
    }
    return new HostPort("", 0);
  }

  /** An address to listen on, all interfaces, IPv6 included where there is any. */
  public static InetSocketAddress everywhere(int port) {
    return new InetSocketAddress(port);
  }
}
