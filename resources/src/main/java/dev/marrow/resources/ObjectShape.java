package dev.marrow.resources;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What all objects have in common: version, kind, a name, labels and annotations of text. */
final class ObjectShape {
  private static final Pattern NAME =
      Pattern.compile("[a-z0-9A-Z]([-a-zA-Z0-9.:_]{0,251}[a-zA-Z0-9])?");
  private static final Set<String> WITHOUT_NAMESPACE =
      Set.of(
          "Namespace",
          "Node",
          "GatewayClass",
          "CustomResourceDefinition",
          "ClusterRole",
          "ClusterRoleBinding",
          "PersistentVolume",
          "StorageClass",
          "PriorityClass");

  /** Kinds that exist in several API groups, and the group that the bare kind stands for. */
  private static final Map<String, String> GROUP_OF_KIND =
      Map.of(
          "Gateway", "gateway.networking.k8s.io",
          "Service", "",
          "AuthorizationPolicy", "security.istio.io",
          "Node", "",
          "Pod", "",
          "Namespace", "",
          "ServiceAccount", "",
          "Deployment", "apps",
          "DaemonSet", "apps");

  private ObjectShape() {}

  /** Adds the object, or the items of a list, to {@code into}; an empty document adds nothing. */
  static void read(JsonNode document, Origin origin, List<KubeObject> into) {
    if (document.isNull() || document.isString() && document.stringValue("").isEmpty()) {
      return;
    }
    if (!(document instanceof ObjectNode content)) {
      throw new Unreadable(origin.line(), "not an object");
    }
    if ("List".equals(content.path("kind").stringValue("")) && content.has("items")) {
      content.path("items").forEach(item -> read(item, origin, into));
      return;
    }
    KubeObject object = object(content, origin);
    List<String> unknown = KnownFields.unknown(object.key().kind(), content);
    if (!unknown.isEmpty()) {
      throw new Unreadable(
          origin.line(),
          "%s: %s: unknown field".formatted(object.key(), String.join(", ", unknown)));
    }
    into.add(object);
  }

  static KubeObject object(ObjectNode content, Origin origin) {
    String apiVersion = text(content, "apiVersion", origin);
    String kind = text(content, "kind", origin);
    if (!(content.path("metadata") instanceof ObjectNode metadata)) {
      throw new Unreadable(origin.line(), "metadata: missing");
    }
    String name = name(metadata.path("name").stringValue(""), "metadata.name", origin);
    ObjectKey key =
        new ObjectKey(kindOf(kind, apiVersion), namespace(kind, metadata, origin), name);
    Map<String, String> labels = texts(metadata, "labels", origin);
    Map<String, String> annotations = texts(metadata, "annotations", origin);
    return new KubeObject(key, apiVersion, labels, annotations, content, origin);
  }

  private static String kindOf(String kind, String apiVersion) {
    int slash = apiVersion.indexOf('/');
    String group = slash < 0 ? "" : apiVersion.substring(0, slash);
    return GROUP_OF_KIND.getOrDefault(kind, group).equals(group) ? kind : kind + "." + group;
  }

  private static String namespace(String kind, ObjectNode metadata, Origin origin) {
    if (WITHOUT_NAMESPACE.contains(kind)) {
      return "";
    }
    JsonNode namespace = metadata.path("namespace");
    return namespace.isMissingNode()
        ? "default"
        : name(namespace.stringValue(""), "metadata.namespace", origin);
  }

  private static String name(String text, String field, Origin origin) {
    if (text.isEmpty()) {
      throw new Unreadable(origin.line(), field + ": missing (expected: text)");
    }
    // Names become file names and parts of SPIFFE ids: nothing that could leave a directory.
    if (!NAME.matcher(text).matches() || text.contains("..")) {
      throw new Unreadable(origin.line(), "%s: '%s' (expected: a DNS name)".formatted(field, text));
    }
    return text;
  }

  private static String text(ObjectNode node, String field, Origin origin) {
    String value = node.path(field).stringValue("");
    if (value.isEmpty()) {
      throw new Unreadable(origin.line(), field + ": missing (expected: text)");
    }
    return value;
  }

  private static Map<String, String> texts(ObjectNode metadata, String field, Origin origin) {
    JsonNode node = metadata.path(field);
    if (node.isMissingNode() || node.isNull()) {
      return Map.of();
    }
    if (!node.isObject()) {
      throw new Unreadable(origin.line(), "metadata.%s: not a map".formatted(field));
    }
    Map<String, String> texts = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!entry.getValue().isString()) {
        throw new Unreadable(
            origin.line(),
            "metadata.%s[%s]: %s (expected: text, in quotes)"
                .formatted(field, entry.getKey(), entry.getValue()));
      }
      texts.put(entry.getKey(), entry.getValue().stringValue());
    }
    return texts;
  }

  /** {@code below} with labels, annotations and status of {@code overlay} laid over it. */
  static KubeObject merge(KubeObject below, KubeObject overlay) {
    ObjectNode content = (ObjectNode) below.content().deepCopy();
    ObjectNode metadata = (ObjectNode) content.path("metadata");
    lay(metadata, "labels", overlay.metadata().path("labels"));
    lay(metadata, "annotations", withoutMark(overlay.metadata().path("annotations")));
    lay(content, "status", overlay.status());
    Map<String, String> labels = new TreeMap<>(below.labels());
    labels.putAll(overlay.labels());
    Map<String, String> annotations = new TreeMap<>(below.annotations());
    annotations.putAll(overlay.annotations());
    annotations.remove(KubeObject.OVERLAY);
    return new KubeObject(
        below.key(), below.apiVersion(), labels, annotations, content, below.origin());
  }

  private static JsonNode withoutMark(JsonNode annotations) {
    JsonNode copy = annotations.deepCopy();
    if (copy instanceof ObjectNode object) {
      object.remove(KubeObject.OVERLAY);
    }
    return copy;
  }

  private static void lay(ObjectNode parent, String field, JsonNode over) {
    if (!(over instanceof ObjectNode upper)) {
      if (!over.isMissingNode() && !over.isNull()) {
        parent.set(field, over.deepCopy());
      }
      return;
    }
    if (!(parent.path(field) instanceof ObjectNode)) {
      parent.set(field, JsonNodeFactory.instance.objectNode());
    }
    ObjectNode lower = (ObjectNode) parent.path(field);
    upper.properties().forEach(entry -> lay(lower, entry.getKey(), entry.getValue()));
  }
}
