package dev.marrow.controlplane.cluster;

import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.kubernetes.ApiServer;
import dev.marrow.resources.kubernetes.Reply;
import java.io.IOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Deployment whose number of pods we said and no longer say, because an autoscaler or a person is
 * to decide. Server-side apply takes a field away when its only owner drops it, and without that
 * field a Deployment has one pod. So the number stays under a second name until somebody changes
 * it. Thread-safe.
 */
record KeptReplicas(ApiServer server, String manager) {
  private static final String KEEPER = "marrow-kept-replicas";

  /** To be called before {@code wanted} is applied. */
  void keep(ObjectKey key, JsonNode wanted) throws IOException, InterruptedException {
    if (!key.kind().equals("Deployment") || wanted.path("spec").has("replicas")) {
      return;
    }
    Reply reply = server.get(ObjectPaths.of(key));
    if (reply.ok() && owned(reply.body())) {
      // A conflict says that somebody has decided in this moment.
      server.applyUnlessOwned(ObjectPaths.of(key), KEEPER, only(reply.body()));
    }
  }

  private boolean owned(JsonNode deployment) {
    for (JsonNode owner : deployment.at("/metadata/managedFields")) {
      boolean us =
          owner.path("manager").stringValue("").equals(manager)
              && owner.path("operation").stringValue("").equals("Apply");
      if (us && owner.path("fieldsV1").path("f:spec").has("f:replicas")) {
        return true;
      }
    }
    return false;
  }

  private static ObjectNode only(JsonNode deployment) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("apiVersion", "apps/v1").put("kind", "Deployment");
    object
        .putObject("metadata")
        .put("name", deployment.at("/metadata/name").stringValue(""))
        .put("namespace", deployment.at("/metadata/namespace").stringValue(""));
    object.putObject("spec").set("replicas", deployment.at("/spec/replicas"));
    return object;
  }
}
