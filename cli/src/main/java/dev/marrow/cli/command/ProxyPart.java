package dev.marrow.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A part of a proxy's dump, as a table. Pure. Named as it is typed. */
enum ProxyPart {
  all(List.of(), List.of()),
  workloads(
      List.of("NAMESPACE", "NAME", "ADDRESS", "NODE", "PROTOCOL", "WAYPOINT", "STATUS"),
      List.of("namespace", "name", "workloadIps", "node", "protocol", "waypoint", "status")),
  services(
      List.of("NAMESPACE", "NAME", "ADDRESS", "ENDPOINTS", "WAYPOINT"),
      List.of("namespace", "name", "vips", "#endpoints", "waypoint")),
  policies(
      List.of("NAMESPACE", "NAME", "ACTION", "SCOPE"),
      List.of("namespace", "name", "action", "scope")),
  certificates(
      List.of("IDENTITY", "STATE", "SERIAL", "NOT BEFORE", "NOT AFTER"),
      List.of(
          "identity",
          "state",
          "certChain/0/serialNumber",
          "certChain/0/validFrom",
          "certChain/0/expirationTime")),
  connections(List.of("POD", "DIRECTION", "SOURCE", "ASKED FOR", "WENT TO", "PROTOCOL"), List.of()),
  destinations(List.of("NAME", "PORTS", "LOAD BALANCER"), List.of("name", "ports", "loadBalancer"));

  private final List<String> head;
  private final List<String> fields;

  ProxyPart(List<String> head, List<String> fields) {
    this.head = head;
    this.fields = fields;
  }

  String[] head() {
    return head.toArray(String[]::new);
  }

  /** What of a dump it is. */
  JsonNode of(JsonNode dump) {
    return this == connections ? dump.path("workloadState") : dump.path(name());
  }

  List<List<String>> rows(JsonNode dump) {
    List<List<String>> rows = new ArrayList<>();
    if (this == connections) {
      of(dump).properties().forEach(pod -> connections(pod, rows));
    } else {
      of(dump).forEach(one -> rows.add(fields.stream().map(f -> cell(one, f)).toList()));
    }
    return rows;
  }

  private static void connections(Map.Entry<String, JsonNode> pod, List<List<String>> rows) {
    JsonNode info = pod.getValue().path("info");
    String name =
        info.isMissingNode()
            ? pod.getKey()
            : text(info.path("namespace")) + "/" + text(info.path("name"));
    for (String direction : List.of("inbound", "outbound")) {
      for (JsonNode one : pod.getValue().path("connections").path(direction)) {
        List<String> row = new ArrayList<>(List.of(name, direction));
        for (String field : List.of("src", "originalDst", "actualDst", "protocol")) {
          row.add(text(one.path(field)));
        }
        rows.add(row);
      }
    }
  }

  private static String cell(JsonNode one, String field) {
    if (field.startsWith("#")) {
      return Integer.toString(one.path(field.substring(1)).size());
    }
    return text(one.at("/" + field));
  }

  private static String text(JsonNode value) {
    if (value.isArray()) {
      return String.join(",", value.valueStream().map(ProxyPart::text).toList());
    }
    if (value.isObject()) {
      // A waypoint or a port map: its names say enough.
      return value.has("destination")
          ? text(value.path("destination"))
          : String.join(",", value.propertyStream().map(Map.Entry::getKey).toList());
    }
    return value.asString("");
  }
}
