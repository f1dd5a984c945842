package dev.marrow.controlplane.deploy;

import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Lays the user's wishes over a generated object, in the manner of a strategic merge: objects by
 * field, lists of named things by name, null deletes. Pure.
 */
final class Overlay {
  private Overlay() {}

  /** {@code base} with {@code over} laid over it; kind, name and namespace stay. */
  static ObjectNode lay(ObjectNode base, JsonNode over) {
    ObjectNode result = base.deepCopy();
    merge(result, over);
    for (String field : new String[] {"apiVersion", "kind"}) {
      result.set(field, base.path(field));
    }
    ObjectNode metadata = (ObjectNode) result.path("metadata");
    for (String field : new String[] {"name", "namespace"}) {
      metadata.set(field, base.path("metadata").path(field));
    }
    merge(metadata.path("labels"), base.path("metadata").path("labels"));
    return result;
  }

  private static void merge(JsonNode base, JsonNode over) {
    if (!(base instanceof ObjectNode target)) {
      return;
    }
    for (Map.Entry<String, JsonNode> field : over.properties()) {
      JsonNode value = field.getValue();
      JsonNode before = target.path(field.getKey());
      if (value.isNull()) {
        target.remove(field.getKey());
      } else if (before.isObject() && value.isObject()) {
        merge(before, value);
      } else if (before instanceof ArrayNode list && named(list) && named(value)) {
        mergeNamed(list, value);
      } else {
        target.set(field.getKey(), value.deepCopy());
      }
    }
  }

  private static boolean named(JsonNode list) {
    return list.isArray()
        && !list.isEmpty()
        && list.valueStream().allMatch(item -> item.path("name").isString());
  }

  private static void mergeNamed(ArrayNode list, JsonNode over) {
    for (JsonNode item : over) {
      Optional<JsonNode> same =
          list.valueStream()
              .filter(candidate -> candidate.path("name").equals(item.path("name")))
              .findFirst();
      same.ifPresentOrElse(found -> merge(found, item), () -> list.add(item.deepCopy()));
    }
  }
}
