package dev.marrow.controlplane.cluster;

import dev.marrow.controlplane.compile.binding.GatewayClasses;
import dev.marrow.controlplane.status.Transitions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * How what we say about an object goes beside what others say about it. Server-side apply keeps
 * them apart where the lists of a kind are maps by their schema; elsewhere a list belongs to one
 * owner, so the entries of others are carried over. Pure.
 */
final class StatusShape {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String CONTROLLER_NAME = "controllerName";

  /** Kinds whose conditions are a map by type, by their schema. */
  private static final Set<String> MAPS = Set.of("Service", "Gateway", "GatewayClass");

  private static final Set<String> ROUTES =
      Set.of("HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute");

  /** The conditions that we write, and take back. */
  private static final Set<String> OURS =
      Set.of("Accepted", "ZtunnelAccepted", "WaypointAccepted", "istio.io/WaypointBound");

  private StatusShape() {}

  /** The status to apply where {@code live} is there and we say {@code wish}; nothing if empty. */
  static ObjectNode compose(String kind, JsonNode live, JsonNode wish, Instant now) {
    // Through text and back: a number read from the server must equal one that we counted.
    JsonNode written = JSON.readTree(wish.isMissingNode() ? "{}" : wish.toString());
    JsonNode timed = Transitions.timed(written, live, now);
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    if (timed instanceof ObjectNode said) {
      status = said;
    }
    if (ROUTES.contains(kind)) {
      list(status, "parents", live);
    } else if (kind.equals("BackendTLSPolicy")) {
      list(status, "ancestors", live);
    } else if (!MAPS.contains(kind)) {
      conditions(status, live);
    }
    return status;
  }

  /** Puts entries of other controllers before ours. */
  private static void list(ObjectNode status, String field, JsonNode live) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (JsonNode entry : live.path(field)) {
      if (!entry.path(CONTROLLER_NAME).stringValue("").equals(GatewayClasses.CONTROLLER)) {
        all.add(entry);
      }
    }
    status.path(field).forEach(all::add);
    status.set(field, all);
  }

  private static void conditions(ObjectNode status, JsonNode live) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (JsonNode condition : live.path("conditions")) {
      if (!OURS.contains(condition.path("type").stringValue(""))) {
        all.add(condition);
      }
    }
    status.path("conditions").forEach(all::add);
    if (!all.isEmpty()) {
      status.set("conditions", all);
    }
  }

  /** Whether {@code live} says all of {@code composed} already, and nothing of ours besides. */
  static boolean said(String kind, JsonNode live, ObjectNode composed) {
    for (Map.Entry<String, JsonNode> field : composed.properties()) {
      if (!same(field.getValue(), live.path(field.getKey()))) {
        return false;
      }
    }
    boolean more =
        kind.equals("Gateway") && live.has("addresses") && !composed.has("addresses")
            || !spoken(composed).containsAll(spoken(live));
    return !more;
  }

  /** The types of the conditions of ours in {@code status}. */
  private static Set<String> spoken(JsonNode status) {
    return status
        .path("conditions")
        .valueStream()
        .map(condition -> condition.path("type").stringValue(""))
        .filter(OURS::contains)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static boolean same(JsonNode ours, JsonNode theirs) {
    if (!ours.isArray() || !ours.valueStream().allMatch(item -> item.has("type"))) {
      return ours.equals(theirs);
    }
    List<JsonNode> items = ours.valueStream().toList();
    return items.stream().allMatch(item -> item.equals(Transitions.same(item, theirs)))
        && !(items.isEmpty() && !theirs.isEmpty());
  }
}
