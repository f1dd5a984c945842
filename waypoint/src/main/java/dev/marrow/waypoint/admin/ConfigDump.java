package dev.marrow.waypoint.admin;

import dev.marrow.waypoint.destination.Destination;
import dev.marrow.waypoint.destination.Destinations;
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
    Map<String, Object> ports = new LinkedHashMap<>();
    destination
        .ports()
        .forEach((port, rules) ->
            ports.put(
                Integer.toString(port),
                Map.of("protocol", rules.protocol().name(), "routed", rules.routed())));
    values.put("ports", ports);
    values.put(
        "policies",
        destination.authorizer().policies().stream()
            .map(p -> Map.of("name", p.name(), "action", p.action().getClass().getSimpleName()))
            .toList());
    values.put("pathNormalization", destination.normalization().name());
    values.put("loadBalancer", destination.traffic().balancing().algorithm().name());
    return values;
  }
}
