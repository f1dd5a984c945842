package dev.marrow.controlplane.status;

import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The status of an object, without times.
 *
 * @param status as it stands in the object's {@code status}
 */
public record ObjectStatus(ObjectKey key, JsonNode status) {
  /** A status that consists of conditions. */
  public static ObjectStatus of(KubeObject object, List<Condition> conditions) {
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    status.set("conditions", conditions(conditions, object.generation()));
    return new ObjectStatus(object.key(), status);
  }

  static ArrayNode conditions(List<Condition> conditions, long generation) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    conditions.forEach(condition -> list.add(condition.json(generation)));
    return list;
  }
}
