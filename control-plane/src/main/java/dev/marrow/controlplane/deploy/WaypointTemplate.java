package dev.marrow.controlplane.deploy;

import dev.marrow.controlplane.compile.Labels;
import dev.marrow.controlplane.compile.binding.ManagedGateways;
import dev.marrow.controlplane.compile.binding.Placement;
import dev.marrow.controlplane.compile.binding.Waypoint;
import dev.marrow.controlplane.graph.MeshConfig;
import dev.marrow.controlplane.graph.Waypoints;
import dev.marrow.resources.KubeObject;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The objects of a waypoint before the user's overlays. Pure. */
final class WaypointTemplate {
  private static final JsonMapper JSON = new JsonMapper();

  private final KubeObject gateway;
  private final Waypoint waypoint;
  private final MeshConfig mesh;

  WaypointTemplate(KubeObject gateway, Waypoint waypoint, MeshConfig mesh) {
    this.gateway = gateway;
    this.waypoint = waypoint;
    this.mesh = mesh;
  }

  ObjectNode account() {
    return object("v1", "ServiceAccount", waypoint.serviceAccount());
  }

  ObjectNode service(Placement placement) {
    ObjectNode service = object("v1", "Service", gateway.name());
    ObjectNode spec =
        parse(
            """
            {"type": "ClusterIP", "ipFamilyPolicy": "PreferDualStack",
             "selector": {"%s": "%s"},
             "ports": [{"name": "status-port", "port": 15021, "targetPort": 15021,
                        "protocol": "TCP", "appProtocol": "tcp"}]}
            """
                .formatted(Labels.GATEWAY_NAME, gateway.name()));
    switch (placement) {
      case REMOTE -> spec.put("trafficDistribution", "PreferClose");
      // Not in the specification, where an API server of before 1.34 does not accept the word.
      case NODE ->
          service
              .withObject("metadata")
              .withObject("annotations")
              .put(Labels.TRAFFIC_DISTRIBUTION, "PreferSameNode");
    }
    ArrayNode ports = (ArrayNode) spec.path("ports");
    for (JsonNode listener : gateway.spec().path("listeners")) {
      int port = listener.path("port").asInt(0);
      String protocol = listener.path("protocol").stringValue("");
      if (port > 0 && port != 15021) {
        ports
            .addObject()
            .put("name", listener.path("name").stringValue("port-" + port))
            .put("port", port)
            .put("targetPort", port)
            .put("protocol", "TCP")
            .put("appProtocol", protocol.equals("HBONE") ? "hbone" : "tcp");
      }
    }
    service.set("spec", spec);
    return service;
  }

  /** The Deployment; without replicas where somebody else decides on them. */
  ObjectNode deployment(Optional<Integer> replicas) {
    ObjectNode deployment = object("apps/v1", "Deployment", gateway.name());
    ObjectNode spec = pods();
    replicas.ifPresent(number -> spec.put("replicas", number));
    deployment.set("spec", spec);
    return deployment;
  }

  /** One pod on every node; on an update the new one is there before the old one leaves. */
  ObjectNode daemonSet() {
    ObjectNode set = object("apps/v1", "DaemonSet", gateway.name());
    ObjectNode spec = pods();
    spec.set(
        "updateStrategy",
        parse(
            """
            {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
            """));
    set.set("spec", spec);
    return set;
  }

  /** Which pods, and what is in them. */
  private ObjectNode pods() {
    ObjectNode spec =
        parse(
            """
            {"selector": {"matchLabels": {"%s": "%s"}},
             "template": {"metadata": {}, "spec": {}}}
            """
                .formatted(Labels.GATEWAY_NAME, gateway.name()));
    ObjectNode metadata = (ObjectNode) spec.path("template").path("metadata");
    metadata.set("labels", labels());
    ObjectNode annotations = texts("annotations");
    copy(Labels.CLIENT_IDENTITY, annotations);
    if (!annotations.isEmpty()) {
      metadata.set("annotations", annotations);
    }
    ObjectNode pod = pod();
    if (mesh.waypoints() instanceof Waypoints.OfCluster cluster) {
      new ClusterPod(cluster).complete(pod);
      ClusterPod.annotate(metadata.withObject("annotations"));
    }
    ((ObjectNode) spec.path("template")).set("spec", pod);
    return spec;
  }

  /** Lets one pod at a time be moved away. */
  ObjectNode disruptionBudget() {
    ObjectNode budget = object("policy/v1", "PodDisruptionBudget", gateway.name());
    budget.set(
        "spec",
        parse(
            """
            {"maxUnavailable": 1, "selector": {"matchLabels": {"%s": "%s"}}}
            """
                .formatted(Labels.GATEWAY_NAME, gateway.name())));
    return budget;
  }

  /** What an autoscaler has before the user says how far it may go. */
  ObjectNode autoscaler() {
    ObjectNode autoscaler = object("autoscaling/v2", "HorizontalPodAutoscaler", gateway.name());
    autoscaler.set(
        "spec",
        parse(
            """
            {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "%s"},
             "minReplicas": 1, "maxReplicas": 5,
             "metrics": [{"type": "Resource", "resource": {
               "name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}]}
            """
                .formatted(gateway.name())));
    return autoscaler;
  }

  private void copy(String annotation, ObjectNode into) {
    if (gateway.annotations().containsKey(annotation)) {
      into.put(annotation, gateway.annotations().get(annotation));
    }
  }

  private ObjectNode pod() {
    ObjectNode pod =
        parse(
            """
            {"serviceAccountName": "%s", "terminationGracePeriodSeconds": 30,
             "containers": [{
               "name": "waypoint", "command": ["marrow", "run", "waypoint"],
               "ports": [{"name": "mesh", "containerPort": 15008},
                         {"name": "metrics", "containerPort": 15020},
                         {"name": "status-port", "containerPort": 15021}],
               "readinessProbe": {"httpGet": {"path": "/healthz/ready", "port": 15021},
                                  "periodSeconds": 2, "timeoutSeconds": 5},
               "resources": {"requests": {"cpu": "100m", "memory": "192Mi"},
                             "limits": {"cpu": "2", "memory": "1Gi"}}}]}
            """
                .formatted(waypoint.serviceAccount()));
    ArrayNode environment = ((ObjectNode) pod.path("containers").path(0)).putArray("env");
    Map.of(
            "POD_NAME", "metadata.name",
            "POD_NAMESPACE", "metadata.namespace",
            "INSTANCE_IP", "status.podIP",
            "NODE_NAME", "spec.nodeName")
        .entrySet()
        .stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(field -> environment.add(fromField(field.getKey(), field.getValue())));
    variable(environment, "SERVICE_ACCOUNT", waypoint.serviceAccount());
    variable(environment, "GATEWAY_NAME", gateway.name());
    variable(environment, "TRUST_DOMAIN", mesh.trustDomain().name());
    variable(environment, "CLUSTER_ID", mesh.clusterId());
    variable(environment, "NETWORK", mesh.network());
    return pod;
  }

  private static ObjectNode fromField(String name, String path) {
    return parse(
        """
        {"name": "%s", "valueFrom": {"fieldRef": {"fieldPath": "%s"}}}
        """
            .formatted(name, path));
  }

  private static void variable(ArrayNode environment, String name, String value) {
    environment.addObject().put("name", name).put("value", value);
  }

  private ObjectNode object(String version, String kind, String name) {
    ObjectNode object = JSON.createObjectNode();
    object.put("apiVersion", version).put("kind", kind);
    ObjectNode metadata = object.putObject("metadata");
    metadata.put("name", name).put("namespace", gateway.namespace());
    metadata.set("labels", labels());
    ObjectNode annotations = texts("annotations");
    if (!annotations.isEmpty()) {
      metadata.set("annotations", annotations);
    }
    if (!gateway.uid().isEmpty()) {
      metadata
          .putArray("ownerReferences")
          .addObject()
          .put("apiVersion", gateway.apiVersion())
          .put("kind", "Gateway")
          .put("name", gateway.name())
          .put("uid", gateway.uid());
    }
    if (mesh.waypoints() instanceof Waypoints.OfCluster cluster) {
      // By these we know our own again.
      ((ObjectNode) metadata.path("labels"))
          .put(Labels.MANAGED_BY, "marrow")
          .put(Labels.REVISION, cluster.revision());
    }
    return object;
  }

  private ObjectNode labels() {
    ObjectNode labels = texts("labels");
    return labels
        .put(Labels.GATEWAY_NAME, gateway.name())
        .put(Labels.GATEWAY_CLASS_NAME, gateway.spec().path("gatewayClassName").stringValue(""))
        .put(Labels.MANAGED, ManagedGateways.MESH)
        .put(Labels.DATAPLANE_MODE, "none")
        // It terminates HBONE itself.
        .put(Labels.TUNNEL, "http");
  }

  /** What the Gateway wants on all that is made for it. */
  private ObjectNode texts(String field) {
    JsonNode wanted = gateway.spec().path("infrastructure").path(field);
    return wanted instanceof ObjectNode object ? object.deepCopy() : JSON.createObjectNode();
  }

  private static ObjectNode parse(String text) {
    return (ObjectNode) JSON.readTree(text);
  }
}
