package dev.marrow.resources.kubernetes;

import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.Origin;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps of an object what a mesh asks about. Of most kinds that is all but bookkeeping; a pod, of
 * which there are many, shrinks to a tenth. An object that differs only in what is left out is
 * equal to what it was, so that nobody hears of a node's heartbeat. Thread-safe.
 */
final class Trimming {
  private static final List<String> BOOKKEEPING =
      List.of("managedFields", "resourceVersion", "selfLink", "finalizers", "generateName");
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  /** What overlays of waypoints, the mesh configuration and the roots are called in ConfigMaps. */
  private static final Set<String> PARAMETERS =
      Set.of(
          "deployment",
          "service",
          "serviceAccount",
          "horizontalPodAutoscaler",
          "podDisruptionBudget",
          "mesh",
          "root-cert.pem");

  private final Words words = new Words(200_000);

  /** The object, of which {@code content} is taken over. */
  KubeObject read(ObjectNode content, Origin origin) {
    KubeObject whole = KubeObject.read(content, origin);
    return switch (whole.key().kind()) {
      case "Pod" -> pod(whole);
      case "Node", "Namespace", "ServiceAccount" -> metadataOnly(whole);
      case "Service" -> without(whole, "status");
      case "ConfigMap" -> parameters(whole);
      default -> without(whole);
    };
  }

  private KubeObject pod(KubeObject whole) {
    ObjectNode content = head(whole);
    ObjectNode spec = content.putObject("spec");
    keep(whole.spec(), spec, "nodeName", "serviceAccountName", "hostNetwork");
    containers(whole.spec(), "containers", spec);
    containers(whole.spec(), "initContainers", spec);
    ObjectNode status = content.putObject("status");
    keep(whole.status(), status, "phase", "podIP");
    if (whole.status().path("podIPs").size() > 1) {
      status.set("podIPs", whole.status().path("podIPs"));
    }
    for (JsonNode condition : whole.status().path("conditions")) {
      if (condition.path("type").stringValue("").equals("Ready")) {
        keep(condition, status.putArray("conditions").addObject(), "type", "status");
      }
    }
    return with(whole, content, ours(whole.annotations()));
  }

  private void containers(JsonNode from, String field, ObjectNode to) {
    for (JsonNode container : from.path(field)) {
      if (container.path("ports").isArray()) {
        ObjectNode kept = to.withArrayProperty(field).addObject();
        keep(container, kept, "restartPolicy");
        ports(container.path("ports"), kept.putArray("ports"));
      }
    }
  }

  private void ports(JsonNode ports, ArrayNode into) {
    for (JsonNode port : ports) {
      if (port.has("name")) {
        keep(port, into.addObject(), "name", "containerPort");
      }
    }
  }

  private KubeObject metadataOnly(KubeObject whole) {
    return with(whole, head(whole), ours(whole.annotations()));
  }

  /** Kind, names, and what in {@code metadata} is asked about; labels are in the object itself. */
  private ObjectNode head(KubeObject whole) {
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    keep(whole.content(), content, "kind");
    ObjectNode metadata = content.putObject("metadata");
    keep(whole.metadata(), metadata, "uid", "creationTimestamp", "deletionTimestamp");
    for (JsonNode owner : whole.metadata().path("ownerReferences")) {
      if (!metadata.has("ownerReferences")) {
        keep(owner, metadata.putArray("ownerReferences").addObject(), "kind", "name");
      }
    }
    return content;
  }

  private void keep(JsonNode from, ObjectNode to, String... fields) {
    for (String field : fields) {
      JsonNode value = from.path(field);
      if (value.isString()) {
        to.put(field, words.share(value.stringValue()));
      } else if (!value.isMissingNode()) {
        to.set(field, value);
      }
    }
  }

  private static Map<String, String> ours(Map<String, String> annotations) {
    Map<String, String> ours = new TreeMap<>();
    annotations.forEach((name, value) -> {
      if (name.contains("istio.io/") || name.startsWith("marrow.dev/")) {
        ours.put(name, value);
      }
    });
    return ours;
  }

  private static KubeObject parameters(KubeObject whole) {
    if (whole.content().path("data") instanceof ObjectNode data) {
      data.retain(PARAMETERS);
    }
    return without(whole, "binaryData");
  }

  private static KubeObject without(KubeObject whole, String... fields) {
    ObjectNode content = (ObjectNode) whole.content();
    content.remove(List.of(fields));
    ObjectNode metadata = (ObjectNode) whole.metadata();
    metadata.remove(BOOKKEEPING);
    if (metadata.path("annotations") instanceof ObjectNode annotations) {
      annotations.remove(LAST_APPLIED);
    }
    Map<String, String> annotations = new TreeMap<>(whole.annotations());
    annotations.remove(LAST_APPLIED);
    return new KubeObject(
        whole.key(), whole.apiVersion(), whole.labels(), annotations, content, whole.origin());
  }

  private KubeObject with(KubeObject whole, ObjectNode content, Map<String, String> annotations) {
    ObjectKey key =
        new ObjectKey(
            words.share(whole.key().kind()), words.share(whole.namespace()), whole.name());
    return new KubeObject(
        key,
        words.share(whole.apiVersion()),
        words.share(whole.labels()),
        words.share(annotations),
        content,
        whole.origin());
  }
}
