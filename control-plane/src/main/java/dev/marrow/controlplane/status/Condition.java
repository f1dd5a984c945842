package dev.marrow.controlplane.status;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A condition, without its time, which the writer adds.
 *
 * @param type for example {@code Accepted}
 * @param met whether its status is True
 * @param reason a word for programs
 * @param message a sentence for people
 */
public record Condition(String type, boolean met, String reason, String message) {
  ObjectNode json(long generation) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("type", type)
        .put("status", met ? "True" : "False")
        .put("reason", reason)
        .put("message", message)
        .put("observedGeneration", generation);
    return json;
  }
}
