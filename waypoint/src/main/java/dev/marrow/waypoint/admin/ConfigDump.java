package dev.marrow.waypoint.admin;

import dev.marrow.waypoint.destination.Destination;
import dev.marrow.waypoint.destination.Destinations;
import dev.marrow.waypoint.destination.JwtRule;
import dev.marrow.waypoint.destination.PortRules;
import dev.marrow.waypoint.route.Rule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.ObjectMapper;

/** What the waypoint knows, as JSON. */
public final class ConfigDump {
  private ConfigDump() {}

  public static String of(Destinations destinations) {
    List<Map<String, Object>> list =
        destinations.all().stream()
            .sorted((a, b) -> a.target().resourceName().compareTo(b.target().resourceName()))
            .map(ConfigDump::destination)
            .toList();
    return new ObjectMapper()
        .writerWithDefaultPrettyPrinter()
        .writeValueAsString(Map.of("destinations", list));
  }

  private static Map<String, Object> destination(Destination destination) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("name", destination.target().resourceName());
    Map<String, Object> ports = new java.util.TreeMap<>();
    destination
        .ports()
        .forEach((port, rules) ->
            ports.put("%05d".formatted(port).replaceFirst("^0+(?!$)", ""), port(rules)));
    values.put("ports", ports);
    values.put(
        "policies",
        destination.authorizer().policies().stream()
            .map(p ->
                Map.of(
                    "name", p.name(),
                    "action", p.action().getClass().getSimpleName(),
                    "rules", p.rules().size(),
                    "dryRun", p.dryRun()))
            .toList());
    values.put("pathNormalization", destination.normalization().name());
    values.put("loadBalancer", destination.traffic().balancing().algorithm().name());
    values.put("jwt", destination.jwt().stream().map(JwtRule::issuer).toList());
    values.put("telemetry", destination.telemetry().toString());
    return values;
  }

  private static Map<String, Object> port(PortRules rules) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("protocol", rules.protocol().name());
    values.put("routed", rules.routed());
    values.put("rules", rules.routes().rules().stream().map(ConfigDump::rule).toList());
    values.put("tcp", rules.tcp().stream().map(Object::toString).toList());
    values.put("tls", rules.tls().stream().map(Object::toString).toList());
    return values;
  }

  private static Map<String, Object> rule(Rule rule) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("route", rule.route());
    values.put("rule", rule.name());
    values.put("hostnames", rule.hostnames());
    values.put("matches", rule.matches().stream().map(Object::toString).toList());
    values.put("filters", rule.filters().stream().map(f -> f.getClass().getSimpleName()).toList());
    values.put(
        "backends",
        rule.backends().stream()
            .map(b -> Map.of("backend", b.backend().toString(), "weight", b.weight()))
            .toList());
    values.put("requestTimeout", rule.timeouts().request().toString());
    values.put("retryAttempts", rule.retry().attempts());
    return values;
  }
}
