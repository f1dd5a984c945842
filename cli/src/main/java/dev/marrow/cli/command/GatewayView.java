package dev.marrow.cli.command;

import dev.marrow.cli.local.state.MeshState;
import dev.marrow.cli.local.state.StateDirectory;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ResourceSnapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A waypoint as people see it.
 *
 * @param serves what it is for, in words
 * @param programmed True, False or Unknown
 */
record GatewayView(
    String namespace,
    String name,
    String trafficType,
    String serves,
    int pods,
    int ready,
    String programmed,
    String address,
    List<ObjectStatus> conditions) {
  static final String FOR_ACCOUNT = "istio.io/for-service-account";
  static final String USE_WAYPOINT = "istio.io/use-waypoint";
  static final String USE_WAYPOINT_NAMESPACE = "istio.io/use-waypoint-namespace";
  static final String TRAFFIC = "istio.io/waypoint-for";
  private static final Set<String> CLASSES = Set.of("marrow-waypoint", "istio-waypoint");

  static boolean isWaypoint(KubeObject gateway) {
    return CLASSES.contains(gateway.spec().path("gatewayClassName").asString(""));
  }

  static List<GatewayView> all(ResourceSnapshot objects, MeshState mesh, StateDirectory state)
      throws IOException {
    List<ObjectStatus> statuses = ObjectStatus.read(state);
    List<GatewayView> views = new ArrayList<>();
    for (KubeObject gateway : objects.all("Gateway")) {
      if (isWaypoint(gateway)) views.add(of(gateway, objects, mesh, statuses));
    }
    return views;
  }

  private static GatewayView of(
      KubeObject gateway, ResourceSnapshot objects, MeshState mesh, List<ObjectStatus> statuses) {
    List<MeshState.Pod> pods =
        mesh.pods().stream()
            .filter(pod ->
                pod.namespace().equals(gateway.namespace()) && pod.gateway().equals(gateway.name()))
            .toList();
    List<ObjectStatus> own =
        statuses.stream()
            .filter(it ->
                it.kind().equals("Gateway")
                    && it.namespace().equals(gateway.namespace())
                    && it.name().equals(gateway.name()))
            .toList();
    String programmed =
        own.stream()
            .filter(it -> it.part().isEmpty() && it.type().equals("Programmed"))
            .map(ObjectStatus::status)
            .findFirst()
            .orElse("Unknown");
    String address =
        mesh.services().stream()
            .filter(it ->
                it.namespace().equals(gateway.namespace())
                    && it.name().equals(gateway.name())
                    && !it.addresses().isEmpty())
            .map(it -> it.addresses().getFirst())
            .findFirst()
            .orElse("");
    return new GatewayView(
        gateway.namespace(),
        gateway.name(),
        gateway.labels().getOrDefault(TRAFFIC, "service"),
        String.join(", ", serves(gateway, objects)),
        pods.size(),
        (int) pods.stream().filter(MeshState.Pod::ready).count(),
        programmed,
        address,
        own);
  }

  private static List<String> serves(KubeObject gateway, ResourceSnapshot objects) {
    List<String> serves = new ArrayList<>();
    String account =
        gateway
            .annotations()
            .getOrDefault(FOR_ACCOUNT, gateway.labels().getOrDefault(FOR_ACCOUNT, ""));
    if (!account.isEmpty()) serves.add("service account " + account);
    for (String kind : List.of("Namespace", "Service", "Pod", "Deployment")) {
      for (KubeObject object : objects.all(kind)) {
        if (uses(object, gateway))
          serves.add(kind.toLowerCase(java.util.Locale.ROOT) + " " + object.name());
      }
    }
    return serves;
  }

  static boolean uses(KubeObject object, KubeObject gateway) {
    Map<String, String> labels = labels(object);
    String own = object.kind().equals("Namespace") ? object.name() : object.namespace();
    return gateway.name().equals(labels.get(USE_WAYPOINT))
        && gateway.namespace().equals(labels.getOrDefault(USE_WAYPOINT_NAMESPACE, own));
  }

  /** Of a Deployment, those of its pods. */
  private static Map<String, String> labels(KubeObject object) {
    if (!object.kind().equals("Deployment")) return object.labels();
    Map<String, String> labels = new java.util.HashMap<>();
    object
        .spec()
        .path("template")
        .path("metadata")
        .path("labels")
        .properties()
        .forEach(entry -> labels.put(entry.getKey(), entry.getValue().asString("")));
    return labels;
  }
}
