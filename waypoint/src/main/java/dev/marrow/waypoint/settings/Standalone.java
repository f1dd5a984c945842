package dev.marrow.waypoint.settings;

import dev.marrow.mesh.workload.Locality;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * How a waypoint without a control plane runs: everything in one YAML file. {@code mesh} is the
 * local mesh file of the node proxy (workloads, services); {@code destinations} are the rules, in
 * protobuf's JSON form of the message the control plane would send; {@code limits} has what {@link
 * PeerSettings} reads from the environment, under the same names.
 *
 * @param mesh the part of the file as YAML text
 * @param destinations each as JSON text
 */
public record Standalone(
    List<Listener> listeners,
    Tunnel tunnel,
    String mesh,
    List<String> destinations,
    String network,
    Locality locality,
    Settings.Ports ports,
    Settings.Logs logs,
    Settings.Tracing tracing,
    int loops,
    int queuedBytes,
    Duration streamIdle,
    PeerSettings peers) {
  /** A port that speaks plain HTTP or TCP for one service, without mutual TLS. */
  public record Listener(String address, int port, String service, int servicePort) {}

  /** Tunnels in and out; or none. */
  public sealed interface Tunnel {
    record Off() implements Tunnel {}

    /** Certificates as PEM files. */
    record On(String address, int port, String identity, Path chain, Path key, Path roots)
        implements Tunnel {}
  }

  private static final List<String> KEYS =
      List.of(
          "listeners",
          "hbone",
          "mesh",
          "destinations",
          "network",
          "locality",
          "ports",
          "log",
          "tracing",
          "loops",
          "queuedBytes",
          "streamIdle",
          "limits");

  public Standalone {
    listeners = List.copyOf(listeners);
    destinations = List.copyOf(destinations);
  }

  public static Standalone read(Path file) throws IOException, SettingsException {
    JsonNode root;
    try {
      root = new YAMLMapper().readTree(Files.readString(file));
    } catch (JacksonException e) {
      throw new SettingsException(List.of(file + ": " + e.getOriginalMessage()));
    } catch (NoSuchFileException missing) {
      throw new SettingsException(List.of(file + ": no such file (expected: --config FILE, YAML)"));
    }
    List<String> problems = new ArrayList<>();
    root.propertyNames().stream()
        .filter(key -> !KEYS.contains(key))
        .forEach(key -> problems.add("%s: %s (expected: one of %s)".formatted(file, key, KEYS)));
    Standalone settings = parse(root, file.toAbsolutePath().resolveSibling(""), problems);
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
    return settings;
  }

  private static Standalone parse(JsonNode root, Path folder, List<String> problems) {
    List<Listener> listeners = new ArrayList<>();
    for (JsonNode node : root.path("listeners")) {
      listeners.add(
          new Listener(
              node.path("address").asString("127.0.0.1"),
              port(node, "port", 0, problems),
              required(node, "service", problems),
              port(node, "servicePort", 80, problems)));
    }
    Tunnel tunnel = tunnel(root.path("hbone"), folder, problems);
    if (listeners.isEmpty() && tunnel instanceof Tunnel.Off) {
      problems.add("listeners, hbone: none (expected: at least one)");
    }
    JsonNode ports = root.path("ports");
    List<String> destinations = new ArrayList<>();
    root.path("destinations").forEach(node -> destinations.add(node.toString()));
    Variables words =
        new Variables(
            Map.of(
                "LOG_FORMAT", root.path("log").path("format").asString("text"),
                "MARROW_QUEUED_BYTES", root.path("queuedBytes").asString(""),
                "LOG_LEVEL", root.path("log").path("level").asString("info"),
                "OTEL_EXPORTER_OTLP_ENDPOINT", root.path("tracing").path("collector").asString(""),
                "STREAM_IDLE_TIMEOUT", root.path("streamIdle").asString("5m"),
                "TRACE_SAMPLING_PERCENT", root.path("tracing").path("percent").asString("1")));
    Standalone settings =
        new Standalone(
            listeners,
            tunnel,
            root.path("mesh").isMissingNode()
                ? "{}"
                : new ObjectMapper().writeValueAsString(root.path("mesh")),
            destinations,
            root.path("network").asString(""),
            locality(root.path("locality")),
            new Settings.Ports(
                15008,
                port(ports, "admin", 15000, problems),
                port(ports, "metrics", 15020, problems),
                port(ports, "readiness", 15021, problems)),
            Settings.logs(words),
            Settings.tracing(words),
            root.path("loops").asInt(0),
            Settings.queuedBytes(words),
            words.duration("STREAM_IDLE_TIMEOUT", Duration.ofMinutes(5)),
            peers(root.path("limits"), problems));
    problems.addAll(words.problems());
    return settings;
  }

  private static PeerSettings peers(JsonNode node, List<String> problems) {
    Map<String, String> values = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!PeerSettings.NAMES.contains(entry.getKey())) {
        problems.add(
            "limits: %s (expected: one of %s)".formatted(entry.getKey(), PeerSettings.NAMES));
      }
      values.put(entry.getKey(), entry.getValue().asString(""));
    }
    Variables variables = new Variables(values);
    PeerSettings peers = PeerSettings.read(variables);
    problems.addAll(variables.problems());
    return peers;
  }

  /** Where it runs, as workloads say it. */
  private static Locality locality(JsonNode node) {
    return new Locality(
        node.path("region").asString(""),
        node.path("zone").asString(""),
        node.path("subzone").asString(""));
  }

  private static Tunnel tunnel(JsonNode node, Path folder, List<String> problems) {
    if (node.isMissingNode()) {
      return new Tunnel.Off();
    }
    return new Tunnel.On(
        node.path("address").asString("0.0.0.0"),
        port(node, "port", 15008, problems),
        required(node, "identity", problems),
        folder.resolve(required(node, "chain", problems)),
        folder.resolve(required(node, "key", problems)),
        folder.resolve(required(node, "roots", problems)));
  }

  private static String required(JsonNode node, String name, List<String> problems) {
    String value = node.path(name).asString("");
    if (value.isEmpty()) {
      problems.add(name + ": '' (expected: a value)");
    }
    return value;
  }

  /** 0 lets the system choose. */
  private static int port(JsonNode node, String name, int otherwise, List<String> problems) {
    int port = node.path(name).asInt(otherwise);
    if (port < 0 || port > 65_535) {
      problems.add("%s: %d (expected: 0 to 65535)".formatted(name, port));
    }
    return port;
  }
}
