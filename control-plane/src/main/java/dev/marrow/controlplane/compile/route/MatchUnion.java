package dev.marrow.controlplane.compile.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests that match a rule that delegates and one of the delegate's. What the delegate matches
 * has to be a part of what was delegated to it.
 */
final class MatchUnion {
  private static final List<String> TEXTS = List.of("uri", "scheme", "method", "authority");
  private static final List<String> MAPS = List.of("headers", "withoutHeaders", "queryParams");

  private MatchUnion() {}

  /** Matches of both together; empty where one of {@code theirs} lies outside of all of ours. */
  static Optional<List<JsonNode>> of(List<JsonNode> ours, List<JsonNode> theirs) {
    if (ours.isEmpty() || theirs.isEmpty()) {
      return Optional.of(ours.isEmpty() ? theirs : ours);
    }
    List<JsonNode> both = new ArrayList<>();
    for (JsonNode their : theirs) {
      List<JsonNode> made =
          ours.stream().filter(our -> within(our, their)).map(our -> both(our, their)).toList();
      if (made.isEmpty()) {
        return Optional.empty();
      }
      both.addAll(made);
    }
    return Optional.of(both);
  }

  private static boolean within(JsonNode our, JsonNode their) {
    return TEXTS.stream().allMatch(name -> textWithin(our.path(name), their.path(name)))
        && MAPS.stream().allMatch(name -> mapWithin(our.path(name), their.path(name)))
        && same(our.path("port"), their.path("port"))
        && same(our.path("ignoreUriCase"), their.path("ignoreUriCase"));
  }

  private static boolean same(JsonNode our, JsonNode their) {
    return absent(our) || absent(their) || our.equals(their);
  }

  private static boolean mapWithin(JsonNode our, JsonNode their) {
    return our.properties().stream()
        .allMatch(entry -> textWithin(entry.getValue(), their.path(entry.getKey())));
  }

  /** Of two regular expressions nobody can tell. */
  private static boolean textWithin(JsonNode our, JsonNode their) {
    if (absent(our) || absent(their) || our.equals(their) || our.isEmpty()) {
      return true;
    }
    String exact = their.path("exact").asString("");
    String prefix = their.path("prefix").asString("");
    if (our.hasNonNull("prefix")) {
      return (exact.isEmpty() ? prefix : exact).startsWith(our.path("prefix").asString(""));
    }
    return our.hasNonNull("exact") && exact.equals(our.path("exact").asString(""));
  }

  private static boolean absent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  private static JsonNode both(JsonNode our, JsonNode their) {
    ObjectNode made = (ObjectNode) their.deepCopy();
    for (Map.Entry<String, JsonNode> entry : our.properties()) {
      String name = entry.getKey();
      if (absent(made.path(name))) {
        made.set(name, entry.getValue());
      } else if (MAPS.contains(name)) {
        ObjectNode into = (ObjectNode) made.path(name);
        entry.getValue().properties().stream()
            .filter(field -> absent(into.path(field.getKey())))
            .forEach(field -> into.set(field.getKey(), field.getValue()));
      }
    }
    return made;
  }
}
