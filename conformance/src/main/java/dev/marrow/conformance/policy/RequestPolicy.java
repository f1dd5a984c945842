package dev.marrow.conformance.policy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * A policy for layer 7 that denies requests of one kind, and how others read it. A kind of request
 * is a method, a beginning of the path, or a field with a value.
 */
public record RequestPolicy(
    String name, Optional<String> method, Optional<String> pathPrefix, Optional<FieldValue> field) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** A field of the request with one value. */
  public record FieldValue(String name, String value) {}

  public static RequestPolicy method(String name, String method) {
    return new RequestPolicy(name, Optional.of(method), Optional.empty(), Optional.empty());
  }

  public static RequestPolicy path(String name, String prefix) {
    return new RequestPolicy(name, Optional.empty(), Optional.of(prefix), Optional.empty());
  }

  public static RequestPolicy field(String name, String field, String value) {
    return new RequestPolicy(
        name, Optional.empty(), Optional.empty(), Optional.of(new FieldValue(field, value)));
  }

  /** {@code AuthorizationPolicy} objects; whom they are for (targetRefs) is the owner's to add. */
  static String objects(String namespace, List<RequestPolicy> policies) {
    StringBuilder out = new StringBuilder();
    for (RequestPolicy policy : policies) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("apiVersion", "security.istio.io/v1");
      object.put("kind", "AuthorizationPolicy");
      object.put("metadata", Map.of("name", policy.name, "namespace", namespace));
      object.put("spec", Map.of("action", "DENY", "rules", List.of(policy.rule(false))));
      out.append("---\n").append(JSON.writeValueAsString(object)).append('\n');
    }
    return out.toString();
  }

  /** {@code policies} of a destination in the file of Marrow's waypoint. */
  static String waypoint(String namespace, List<RequestPolicy> policies) {
    List<Object> all = new ArrayList<>();
    for (RequestPolicy policy : policies) {
      Map<String, Object> out = new LinkedHashMap<>();
      out.put("name", namespace + "/" + policy.name);
      out.put("action", "DENY");
      out.put("rules", List.of(policy.rule(true)));
      all.add(out);
    }
    return JSON.writeValueAsString(all);
  }

  private Map<String, Object> rule(boolean waypoint) {
    Map<String, Object> operation = new LinkedHashMap<>();
    method.ifPresent(m -> operation.put("methods", List.of(waypoint ? Map.of("exact", m) : m)));
    pathPrefix.ifPresent(
        p -> operation.put("paths", List.of(waypoint ? Map.of("prefix", p) : p + "*")));
    Map<String, Object> out = new LinkedHashMap<>();
    if (!operation.isEmpty()) {
      out.put("to", List.of(waypoint ? operation : Map.of("operation", operation)));
    }
    field.ifPresent(f ->
        out.put(
            "when",
            List.of(
                Map.of(
                    "key",
                    "request.headers[" + f.name + "]",
                    "values",
                    List.of(waypoint ? Map.of("exact", f.value) : f.value)))));
    return out;
  }
}
