package dev.marrow.cli.cluster;

import dev.marrow.cli.local.state.MeshState;
import dev.marrow.cli.local.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A cluster written down as if it were a local mesh, at one moment: then every command that shows
 * something shows it in the same words. Confined to one thread.
 */
public final class ClusterMirror {
  private static final String AMBIENT = "istio.io/dataplane-mode";
  private static final String REDIRECTION = "ambient.istio.io/redirection";
  private static final String GATEWAY = "gateway.networking.k8s.io/gateway-name";

  /** Kinds whose objects are shown, with their collections. */
  private static final Map<String, String> KINDS = kinds();

  private final Questions cluster;
  private final String namespace;
  private final StateDirectory state;
  private final Map<String, List<JsonNode>> objects = new HashMap<>();

  private ClusterMirror(Questions cluster, String namespace, StateDirectory state) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.state = state;
  }

  private static Map<String, String> kinds() {
    Map<String, String> kinds = new LinkedHashMap<>();
    kinds.put("Namespace", "/api/v1/namespaces");
    kinds.put("Pod", "/api/v1/pods");
    kinds.put("Service", "/api/v1/services");
    kinds.put("ServiceAccount", "/api/v1/serviceaccounts");
    kinds.put("Deployment", "/apis/apps/v1/deployments");
    kinds.put("Gateway", "/apis/gateway.networking.k8s.io/v1/gateways");
    kinds.put("HTTPRoute", "/apis/gateway.networking.k8s.io/v1/httproutes");
    kinds.put("GRPCRoute", "/apis/gateway.networking.k8s.io/v1/grpcroutes");
    kinds.put("AuthorizationPolicy", "/apis/security.istio.io/v1/authorizationpolicies");
    kinds.put("PeerAuthentication", "/apis/security.istio.io/v1/peerauthentications");
    return kinds;
  }

  /** Writes what the cluster is now into {@code state}. */
  public static MeshState write(Questions cluster, String namespace, StateDirectory state)
      throws IOException {
    var mirror = new ClusterMirror(cluster, namespace, state);
    state.delete();
    Files.createDirectories(state.objects());
    Files.createDirectories(state.status());
    for (Map.Entry<String, String> kind : KINDS.entrySet()) {
      mirror.copy(kind.getKey(), cluster.list(kind.getValue()));
    }
    MeshState mesh = mirror.mesh();
    mesh.write(state);
    return mesh;
  }

  private void copy(String kind, List<JsonNode> found) throws IOException {
    objects.put(kind, found);
    for (JsonNode each : found) {
      ObjectNode object = (ObjectNode) each;
      object.put("kind", kind).put("apiVersion", version(KINDS.getOrDefault(kind, "")));
      String name = kind + "." + text(each, "namespace") + "." + text(each, "name");
      // JSON is YAML.
      Files.writeString(state.objects().resolve(name + ".yaml"), object.toString());
      if (each.path("status").has("conditions") || each.path("status").has("parents")) {
        boolean ours = !kind.equals("Pod") && !kind.equals("Deployment");
        if (ours) {
          Files.writeString(state.status().resolve(name + ".json"), each.path("status").toString());
        }
      }
    }
  }

  private static String version(String path) {
    String[] parts = path.split("/");
    return parts[1].equals("api") ? parts[2] : parts[2] + "/" + parts[3];
  }

  private MeshState mesh() throws IOException {
    List<MeshState.Program> programs = new ArrayList<>();
    List<MeshState.Pod> pods = new ArrayList<>();
    for (JsonNode pod : objects.getOrDefault("Pod", List.of())) {
      if (text(pod, "namespace").equals(namespace)
          && label(pod, "app.kubernetes.io/part-of").equals("marrow")) {
        programs.add(program(pod));
      } else if (canTakePart(pod)) {
        pods.add(pod(pod));
      }
    }
    List<String> waiting =
        new Health(cluster, namespace)
            .installation().stream()
                .filter(finding -> !finding.good())
                .map(finding -> finding.what() + ": " + finding.detail())
                .toList();
    boolean ready = waiting.isEmpty() && !programs.isEmpty();
    if (programs.isEmpty()) {
      waiting = List.of("an installation in namespace " + namespace + " (marrow install)");
    }
    int nodes = cluster.list("/api/v1/nodes").size();
    return new MeshState(
        ready,
        cluster.server().address(),
        nodes,
        0,
        programs,
        pods,
        services(),
        waiting,
        List.of());
  }

  private static boolean canTakePart(JsonNode pod) {
    String phase = pod.path("status").path("phase").stringValue("");
    return !phase.equals("Succeeded")
        && !phase.equals("Failed")
        && !pod.path("spec").path("hostNetwork").asBoolean(false);
  }

  private static MeshState.Program program(JsonNode pod) {
    String node = pod.path("spec").path("nodeName").stringValue("");
    String name = label(pod, "app").replaceFirst("^marrow-", "") + "/" + text(pod, "name");
    return new MeshState.Program(name, node, 0, ready(pod), restarts(pod), "");
  }

  private MeshState.Pod pod(JsonNode pod) {
    String space = text(pod, "namespace");
    String account = pod.path("spec").path("serviceAccountName").stringValue("default");
    boolean enrolled = annotation(pod, REDIRECTION).equals("enabled");
    Map<String, String> labels = new HashMap<>();
    pod.path("metadata")
        .path("labels")
        .properties()
        .forEach(entry -> labels.put(entry.getKey(), entry.getValue().stringValue("")));
    List<String> addresses = new ArrayList<>();
    pod.path("status").path("podIPs").forEach(ip -> addresses.add(ip.path("ip").stringValue("")));
    return new MeshState.Pod(
        space,
        text(pod, "name"),
        pod.path("metadata").path("ownerReferences").path(0).path("name").stringValue(""),
        pod.path("spec").path("nodeName").stringValue(""),
        addresses.isEmpty() ? List.of("") : addresses,
        account,
        enrolled ? "spiffe://cluster.local/ns/%s/sa/%s".formatted(space, account) : "",
        pod.path("metadata").has("deletionTimestamp")
            ? "Terminating"
            : pod.path("status").path("phase").stringValue(""),
        ready(pod),
        restarts(pod),
        0,
        "",
        text(pod, "uid"),
        ambient(pod, space),
        enrolled,
        label(pod, GATEWAY),
        List.of(),
        labels);
  }

  private boolean ambient(JsonNode pod, String space) {
    String own = label(pod, AMBIENT);
    return own.isEmpty()
        ? objects.getOrDefault("Namespace", List.of()).stream()
            .anyMatch(n -> text(n, "name").equals(space) && label(n, AMBIENT).equals("ambient"))
        : own.equals("ambient");
  }

  private List<MeshState.Service> services() {
    List<MeshState.Service> services = new ArrayList<>();
    for (JsonNode service : objects.getOrDefault("Service", List.of())) {
      List<String> addresses = new ArrayList<>();
      service.path("spec").path("clusterIPs").forEach(ip -> addresses.add(ip.stringValue("")));
      addresses.remove("None");
      List<String> ports = new ArrayList<>();
      for (JsonNode port : service.path("spec").path("ports")) {
        ports.add(port.path("port").asInt(0) + "/" + port.path("protocol").stringValue("TCP"));
      }
      List<JsonNode> selected = selected(service);
      services.add(
          new MeshState.Service(
              text(service, "namespace"),
              text(service, "name"),
              addresses,
              ports,
              selected.size(),
              (int) selected.stream().filter(ClusterMirror::ready).count(),
              label(service, "istio.io/use-waypoint")));
    }
    return services;
  }

  private List<JsonNode> selected(JsonNode service) {
    JsonNode selector = service.path("spec").path("selector");
    return objects.getOrDefault("Pod", List.of()).stream()
        .filter(pod -> text(pod, "namespace").equals(text(service, "namespace")))
        .filter(pod ->
            !selector.isEmpty()
                && selector.properties().stream()
                    .allMatch(e -> label(pod, e.getKey()).equals(e.getValue().stringValue(""))))
        .toList();
  }

  private static boolean ready(JsonNode pod) {
    for (JsonNode condition : pod.path("status").path("conditions")) {
      if (condition.path("type").stringValue("").equals("Ready")) {
        return condition.path("status").stringValue("").equals("True");
      }
    }
    return false;
  }

  private static int restarts(JsonNode pod) {
    int restarts = 0;
    for (JsonNode container : pod.path("status").path("containerStatuses")) {
      restarts += container.path("restartCount").asInt(0);
    }
    return restarts;
  }

  private static String text(JsonNode object, String field) {
    return object.path("metadata").path(field).stringValue("");
  }

  private static String label(JsonNode object, String key) {
    return object.path("metadata").path("labels").path(key).stringValue("");
  }

  private static String annotation(JsonNode object, String key) {
    return object.path("metadata").path("annotations").path(key).stringValue("");
  }
}
