package dev.marrow.conformance.report;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The few words of JSON Schema that the report's schema uses. */
final class SchemaCheck {
  private SchemaCheck() {}

  static List<String> problems(JsonNode schema, JsonNode value, String at) {
    List<String> found = new ArrayList<>();
    if (!isOfType(schema.path("type").asString(""), value)) {
      found.add(at + ": not of type " + schema.path("type").asString(""));
      return found;
    }
    if (schema.has("enum") && !schema.get("enum").valueStream().toList().contains(value)) {
      found.add(at + ": " + value + " is none of " + schema.get("enum"));
    }
    schema
        .path("required")
        .forEach(key -> {
          if (!value.has(key.asString())) {
            found.add(at + ": lacks " + key.asString());
          }
        });
    if (value.isObject()) {
      value.properties().forEach(e -> found.addAll(property(schema, e.getKey(), e.getValue(), at)));
    }
    if (value.isArray()) {
      value.forEach(each -> found.addAll(problems(schema.path("items"), each, at + "[]")));
    }
    return found;
  }

  private static List<String> property(JsonNode schema, String key, JsonNode value, String at) {
    JsonNode known = schema.path("properties").path(key);
    JsonNode others = schema.path("additionalProperties");
    if (known.isMissingNode() && !others.isObject()) {
      return List.of(at + ": unknown key " + key);
    }
    return problems(known.isMissingNode() ? others : known, value, at + "." + key);
  }

  private static boolean isOfType(String type, JsonNode value) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isString();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      default -> false;
    };
  }
}
