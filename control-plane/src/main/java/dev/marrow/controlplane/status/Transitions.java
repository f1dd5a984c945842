package dev.marrow.controlplane.status;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/** Gives each condition the time at which its status became what it is. Pure. */
public final class Transitions {
  private static final List<String> NAMES = List.of("type", "name", "parentRef", "ancestorRef");

  private Transitions() {}

  /** {@code status} with times: those of {@code before} where nothing changed, else {@code now}. */
  public static JsonNode timed(JsonNode status, JsonNode before, Instant now) {
    JsonNode timed = status.deepCopy();
    time(timed, before, now.truncatedTo(ChronoUnit.SECONDS).toString());
    return timed;
  }

  private static void time(JsonNode status, JsonNode before, String now) {
    if (status instanceof ObjectNode object && object.has("type") && object.has("status")) {
      String time = before.path("lastTransitionTime").stringValue("");
      boolean same = before.path("status").equals(object.path("status")) && !time.isEmpty();
      object.put("lastTransitionTime", same ? time : now);
    } else if (status instanceof ObjectNode object) {
      object
          .properties()
          .forEach(field -> time(field.getValue(), before.path(field.getKey()), now));
    } else if (status instanceof ArrayNode list) {
      list.forEach(item -> time(item, same(item, before), now));
    }
  }

  /** The item of {@code list} that is about the same thing as {@code item}. */
  public static JsonNode same(JsonNode item, JsonNode list) {
    for (String field : NAMES) {
      if (item.has(field)) {
        return list.valueStream()
            .filter(candidate -> candidate.path(field).equals(item.path(field)))
            .findFirst()
            .orElse(MissingNode.getInstance());
      }
    }
    return MissingNode.getInstance();
  }
}
