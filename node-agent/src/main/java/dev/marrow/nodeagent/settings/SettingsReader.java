package dev.marrow.nodeagent.settings;

import dev.marrow.nodeagent.cni.PluginPlaces;
import dev.marrow.nodeagent.redirect.ProbeSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Reads the environment and reports everything wrong with it at once.
 *
 * <table>
 *   <caption>Variables</caption>
 *   <tr><td>NODE_NAME</td><td>required</td></tr>
 *   <tr><td>MARROW_SOURCE</td><td>directory (or kubernetes)</td></tr>
 *   <tr><td>MARROW_CONFIG</td><td>directory: required; directories, separated by colons</td></tr>
 *   <tr><td>MARROW_ENROLMENT_DIR</td><td>directory: required</td></tr>
 *   <tr><td>POD_NAMESPACE</td><td>kubernetes: marrow-system</td></tr>
 *   <tr><td>MARROW_HOST_PROC</td><td>kubernetes: /host/proc</td></tr>
 *   <tr><td>MARROW_HOST_NETNS</td><td>kubernetes: /var/run/netns</td></tr>
 *   <tr><td>MARROW_CNI</td><td>kubernetes: true; the chained plugin</td></tr>
 *   <tr><td>MARROW_CNI_BIN_DIR</td><td>/opt/cni/bin on the node, mounted at /host/cni/bin</td></tr>
 *   <tr><td>MARROW_CNI_CONF_DIR</td><td>/host/cni/net.d</td></tr>
 *   <tr><td>MARROW_CNI_EXCHANGE</td><td>/run/marrow/cni, on the node and here</td></tr>
 *   <tr><td>INPOD_UDS</td><td>/var/run/ztunnel/ztunnel.sock</td></tr>
 *   <tr><td>REDIRECT_BACKEND</td><td>nftables (or iptables)</td></tr>
 *   <tr><td>EXCLUDE_NAMESPACES</td><td>kube-system; separated by commas</td></tr>
 *   <tr><td>AMBIENT_DNS_CAPTURE</td><td>true</td></tr>
 *   <tr><td>HOST_PROBE_SNAT</td><td>true</td></tr>
 *   <tr><td>HOST_PROBE_SNAT_IP</td><td>169.254.7.127</td></tr>
 *   <tr><td>HOST_PROBE_SNAT_IPV6</td><td>fd16:9254:7127:1337:ffff:ffff:ffff:ffff</td></tr>
 *   <tr><td>MARROW_SETTLE_MILLIS</td><td>500</td></tr>
 *   <tr><td>MARROW_DRAIN_MILLIS</td><td>0</td></tr>
 *   <tr><td>MARROW_CHECK_SECONDS</td><td>60</td></tr>
 *   <tr><td>MARROW_STATUS_PORT</td><td>15022</td></tr>
 *   <tr><td>LOG_LEVEL</td><td>info (error, warn, info, debug, trace)</td></tr>
 * </table>
 */
public final class SettingsReader {
  private static final Set<String> LEVELS = Set.of("error", "warn", "info", "debug", "trace");

  private final Map<String, String> environment;
  private final List<String> problems = new ArrayList<>();

  private SettingsReader(Map<String, String> environment) {
    this.environment = environment;
  }

  public static Settings read(Map<String, String> environment) throws InvalidSettings {
    return new SettingsReader(environment).settings();
  }

  private Settings settings() throws InvalidSettings {
    var settings =
        new Settings(
            required("NODE_NAME"),
            Path.of(text("INPOD_UDS", "/var/run/ztunnel/ztunnel.sock")),
            source(),
            backend(),
            Set.copyOf(excluded()),
            flag("AMBIENT_DNS_CAPTURE"),
            flag("HOST_PROBE_SNAT"),
            probeSource(),
            Duration.ofMillis(number("MARROW_SETTLE_MILLIS", 500, 0, 60_000)),
            Duration.ofMillis(number("MARROW_DRAIN_MILLIS", 0, 0, 600_000)),
            Duration.ofSeconds(number("MARROW_CHECK_SECONDS", 60, 1, 86_400)),
            number("MARROW_STATUS_PORT", 15022, 0, 65535),
            level());
    if (!problems.isEmpty()) {
      throw new InvalidSettings(problems);
    }
    return settings;
  }

  private List<String> excluded() {
    return list(text("EXCLUDE_NAMESPACES", "kube-system"), ",");
  }

  private Source source() {
    return switch (text("MARROW_SOURCE", "directory")) {
      case "directory" ->
          new Source.Directories(
              list(required("MARROW_CONFIG"), ":").stream().map(Path::of).toList(),
              Path.of(required("MARROW_ENROLMENT_DIR")));
      case "kubernetes" -> cluster();
      case String other -> {
        problems.add("MARROW_SOURCE: '%s' (expected: directory or kubernetes)".formatted(other));
        yield cluster();
      }
    };
  }

  private Source cluster() {
    String namespace = text("POD_NAMESPACE", "marrow-system");
    return new Source.Cluster(
        namespace,
        Path.of(text("MARROW_HOST_PROC", "/host/proc")),
        Path.of(text("MARROW_HOST_NETNS", "/var/run/netns")),
        flag("MARROW_CNI") ? Optional.of(plugin(namespace)) : Optional.empty());
  }

  private PluginPlaces plugin(String namespace) {
    return new PluginPlaces(
        Path.of(text("MARROW_CNI_SOURCE", "/opt/marrow/cni")),
        Path.of("/host/cni/bin"),
        Path.of(text("MARROW_CNI_BIN_DIR", "/opt/cni/bin")),
        Path.of(text("MARROW_CNI_CONF_DIR", "/host/cni/net.d")),
        Path.of(text("MARROW_CNI_EXCHANGE", "/run/marrow/cni")),
        Stream.concat(excluded().stream(), Stream.of(namespace)).distinct().toList());
  }

  private String text(String name, String preset) {
    String value = environment.getOrDefault(name, "").strip();
    return value.isEmpty() ? preset : value;
  }

  private String required(String name) {
    String value = text(name, "");
    if (value.isEmpty()) {
      problems.add(name + ": not set (expected: a value)");
    }
    return value;
  }

  private static List<String> list(String value, String separator) {
    return Arrays.stream(value.split(separator))
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .toList();
  }

  private <T> T parsed(
      String name, String preset, T instead, String expected, Function<String, T> parser) {
    String value = text(name, preset);
    try {
      return parser.apply(value);
    } catch (IllegalArgumentException wrong) {
      problems.add("%s: '%s' (expected: %s)".formatted(name, value, expected));
      return instead;
    }
  }

  private boolean flag(String name) {
    return parsed(
        name,
        "true",
        true,
        "true or false",
        value ->
            switch (value.toLowerCase(Locale.ROOT)) {
              case "true" -> true;
              case "false" -> false;
              default -> throw new IllegalArgumentException(value);
            });
  }

  private int number(String name, int preset, int least, int most) {
    return parsed(
        name,
        Integer.toString(preset),
        preset,
        "%d to %d".formatted(least, most),
        value -> {
          int number = Integer.parseInt(value);
          if (number < least || number > most) {
            throw new IllegalArgumentException(value);
          }
          return number;
        });
  }

  private Backend backend() {
    return parsed(
        "REDIRECT_BACKEND",
        "nftables",
        Backend.NFTABLES,
        "nftables or iptables",
        value -> Backend.valueOf(value.toUpperCase(Locale.ROOT)));
  }

  private ProbeSource probeSource() {
    String v6 = text("HOST_PROBE_SNAT_IPV6", ProbeSource.STANDARD.v6().getHostAddress());
    return parsed(
        "HOST_PROBE_SNAT_IP",
        ProbeSource.STANDARD.v4().getHostAddress(),
        ProbeSource.STANDARD,
        "an IPv4 address, and HOST_PROBE_SNAT_IPV6 an IPv6 address",
        v4 -> ProbeSource.parse(v4, v6));
  }

  private String level() {
    return parsed(
        "LOG_LEVEL",
        "info",
        "info",
        "error, warn, info, debug or trace",
        value -> {
          String level = value.toLowerCase(Locale.ROOT);
          if (!LEVELS.contains(level)) {
            throw new IllegalArgumentException(value);
          }
          return level;
        });
  }
}
