package dev.marrow.controlplane.deploy;

import dev.marrow.controlplane.graph.Waypoints;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a waypoint's pod has on a cluster: an image, where the control plane is and how to trust it,
 * a token for it, probes, and no rights on its node. Pure.
 */
final class ClusterPod {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String TOKENS = "/var/run/secrets/tokens";
  private static final String ROOTS = "/var/run/secrets/istio";

  private final Waypoints.OfCluster cluster;

  ClusterPod(Waypoints.OfCluster cluster) {
    this.cluster = cluster;
  }

  /** Adds all of it to {@code pod}, which has one container. */
  void complete(ObjectNode pod) {
    pod.setAll(
        parse(
            """
            {"securityContext": {"runAsNonRoot": true, "runAsUser": 1337, "runAsGroup": 1337,
                                 "fsGroup": 1337, "seccompProfile": {"type": "RuntimeDefault"}},
             "automountServiceAccountToken": false,
             "volumes": [
               {"name": "tmp", "emptyDir": {}},
               {"name": "istio-token", "projected": {"sources": [{"serviceAccountToken": {
                 "path": "istio-token", "audience": "istio-ca", "expirationSeconds": 43200}}]}},
               {"name": "roots", "configMap": {"name": "%s"}}]}
            """
                .formatted(cluster.rootConfigMap())));
    ObjectNode container = (ObjectNode) pod.path("containers").path(0);
    // The entry point of the image runs a waypoint.
    container.remove("command");
    container.put("image", cluster.image());
    container.setAll(
        parse(
            """
            {"securityContext": {"allowPrivilegeEscalation": false, "privileged": false,
                                 "readOnlyRootFilesystem": true, "runAsNonRoot": true,
                                 "capabilities": {"drop": ["ALL"]}},
             "startupProbe": {"httpGet": {"path": "/healthz/ready", "port": 15021},
                              "periodSeconds": 1, "failureThreshold": 120},
             "volumeMounts": [
               {"name": "tmp", "mountPath": "/tmp"},
               {"name": "istio-token", "mountPath": "%s", "readOnly": true},
               {"name": "roots", "mountPath": "%s", "readOnly": true}]}
            """
                .formatted(TOKENS, ROOTS)));
    environment((ArrayNode) container.path("env"));
  }

  private void environment(ArrayNode environment) {
    add(environment, "XDS_ADDRESS", cluster.discoveryAddress());
    add(environment, "CA_ADDRESS", cluster.discoveryAddress());
    add(environment, "XDS_ROOT_CA", ROOTS + "/root-cert.pem");
    add(environment, "CA_ROOT_CA", ROOTS + "/root-cert.pem");
    add(environment, "AUTH_TOKEN", TOKENS + "/istio-token");
    // Of the 30 s that the pod is given; without work it ends after two.
    add(environment, "TERMINATION_DRAIN_DURATION", "20s");
  }

  private static void add(ArrayNode environment, String name, String value) {
    environment.addObject().put("name", name).put("value", value);
  }

  /** Where its metrics are. */
  static void annotate(ObjectNode annotations) {
    annotations
        .put("prometheus.io/scrape", "true")
        .put("prometheus.io/port", "15020")
        .put("prometheus.io/path", "/stats/prometheus");
  }

  private static ObjectNode parse(String text) {
    JsonNode node = JSON.readTree(text);
    return (ObjectNode) node;
  }
}
