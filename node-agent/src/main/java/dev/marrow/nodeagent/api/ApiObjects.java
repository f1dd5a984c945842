package dev.marrow.nodeagent.api;

import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.Origin;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Objects as an API server sends them: valid already, and without their kind when in a list. */
public final class ApiObjects {
  private ApiObjects() {}

  public static KubeObject read(String apiVersion, String kind, JsonNode content, Origin origin) {
    JsonNode metadata = content.path("metadata");
    var key =
        new ObjectKey(
            kind,
            metadata.path("namespace").stringValue(""),
            metadata.path("name").stringValue(""));
    return new KubeObject(
        key,
        apiVersion,
        texts(metadata.path("labels")),
        texts(metadata.path("annotations")),
        content,
        origin);
  }

  private static Map<String, String> texts(JsonNode node) {
    Map<String, String> texts = new TreeMap<>();
    node.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().stringValue("")));
    return texts;
  }
}
