package dev.marrow.cli.cluster;

import dev.marrow.resources.KubeObject;
import dev.marrow.resources.kubernetes.ApiServer;
import dev.marrow.resources.kubernetes.Reply;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Changes objects of a cluster as `label`, `waypoint apply` and `waypoint delete` want it. */
public final class ClusterEdit {
  private static final int TURNS = 5;
  private static final Map<String, String> COLLECTIONS =
      Map.of(
          "Namespace", "/api/v1/namespaces",
          "Pod", "/api/v1/namespaces/%s/pods",
          "Service", "/api/v1/namespaces/%s/services",
          "ServiceAccount", "/api/v1/namespaces/%s/serviceaccounts",
          "Deployment", "/apis/apps/v1/namespaces/%s/deployments",
          "Gateway", "/apis/gateway.networking.k8s.io/v1/namespaces/%s/gateways");

  private final KubeconfigFile file;

  public ClusterEdit(KubeconfigFile file) {
    this.file = file;
  }

  /**
   * Sets or removes a label, of a Deployment that of its pods; says whether anything changed.
   *
   * @param value empty to remove it
   */
  public boolean label(KubeObject object, String key, Optional<String> value) throws IOException {
    String path = path(object.kind(), object.namespace(), object.name());
    try (ApiServer server = file.connect()) {
      for (int turn = 0; ; turn++) {
        Reply now = checked(path, server.get(path));
        if (!change(labels(object.kind(), now.body()), key, value)) {
          return false;
        }
        Reply done = server.replace(path, now.body());
        // Somebody else wrote meanwhile: look again.
        if (!done.conflict() || turn == TURNS) {
          checked(path, done);
          return true;
        }
      }
    } catch (InterruptedException stop) {
      throw interrupted(stop);
    }
  }

  private static ObjectNode labels(String kind, JsonNode object) {
    String where =
        kind.equals("Deployment") ? "/spec/template/metadata/labels" : "/metadata/labels";
    return ((ObjectNode) object).withObject(where);
  }

  private static boolean change(ObjectNode labels, String key, Optional<String> value) {
    String before = labels.path(key).stringValue("");
    if (value.isEmpty()) {
      return labels.remove(key) != null;
    }
    labels.put(key, value.get());
    return !before.equals(value.get());
  }

  /** Makes the object that {@code yaml} describes be as described; says what it is. */
  public String apply(String yaml) throws IOException {
    JsonNode object = new YAMLMapper().readTree(yaml);
    String kind = object.path("kind").stringValue("");
    String name = object.path("metadata").path("name").stringValue("");
    String path = path(kind, object.path("metadata").path("namespace").stringValue(""), name);
    try (ApiServer server = file.connect()) {
      checked(path, server.apply(path, "marrow", object));
      return kind + " " + name;
    } catch (InterruptedException stop) {
      throw interrupted(stop);
    }
  }

  public void delete(KubeObject object) throws IOException {
    String path = path(object.kind(), object.namespace(), object.name());
    try (ApiServer server = file.connect()) {
      checked(path, server.delete(path));
    } catch (InterruptedException stop) {
      throw interrupted(stop);
    }
  }

  private static String path(String kind, String namespace, String name) throws IOException {
    String collection = COLLECTIONS.get(kind);
    if (collection == null) {
      throw new IOException(kind + ": not changed here (use kubectl)");
    }
    return collection.formatted(namespace) + "/" + name;
  }

  private static Reply checked(String path, Reply reply) throws IOException {
    if (!reply.ok()) {
      throw new IOException(path + ": " + reply.reason());
    }
    return reply;
  }

  private static IOException interrupted(InterruptedException stop) {
    Thread.currentThread().interrupt();
    return new IOException("interrupted", stop);
  }
}
