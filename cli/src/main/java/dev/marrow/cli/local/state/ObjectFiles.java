package dev.marrow.cli.local.state;

import dev.marrow.cli.local.plan.Addresses;
import dev.marrow.cli.local.plan.PlannedPod;
import dev.marrow.cli.local.plan.PlannedService;
import dev.marrow.cli.local.plan.Seat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a cluster's own controllers would write: nodes, pods with their addresses and state,
 * services with their addresses. One file per object, touched only when its content changes (JSON,
 * which is YAML). Confined to the supervisor's thread.
 */
public final class ObjectFiles {
  private static final JsonMapper JSON = new JsonMapper();

  private final Path directory;
  private final Map<String, String> written = new HashMap<>();
  private final Set<String> wanted = new HashSet<>();

  public ObjectFiles(Path directory) {
    this.directory = directory;
  }

  public void node(int node) throws IOException {
    ObjectNode object = object("v1", "Node", "", Seat.nodeName(node));
    ObjectNode labels = object.withObject("metadata").putObject("labels");
    labels.put("kubernetes.io/hostname", Seat.nodeName(node));
    labels
        .put("topology.kubernetes.io/region", "local")
        .put("topology.kubernetes.io/zone", "zone-" + node);
    object
        .putObject("spec")
        .putArray("podCIDRs")
        .add(Addresses.pods(node))
        .add(Addresses.podsV6(node));
    ObjectNode status = object.putObject("status");
    ArrayNode addresses = status.putArray("addresses");
    addresses.addObject().put("type", "InternalIP").put("address", Addresses.node(node));
    addresses.addObject().put("type", "InternalIP").put("address", Addresses.nodeV6(node));
    condition(status, true);
    put(object);
  }

  /**
   * Writes a pod.
   *
   * @param netns path of its network namespace
   * @param phase Pending, Running or Succeeded
   */
  public void pod(PlannedPod pod, Path netns, String phase, boolean ready) throws IOException {
    ObjectNode object = object("v1", "Pod", pod.namespace(), pod.name());
    ObjectNode metadata = object.withObject("metadata");
    metadata.put("uid", pod.seat().uid());
    ObjectNode labels = metadata.putObject("labels");
    pod.template().labels().forEach(labels::put);
    ObjectNode annotations = metadata.putObject("annotations");
    pod.template().annotations().forEach(annotations::put);
    annotations.put("marrow.dev/netns", netns.toString());
    if (!pod.owner().isEmpty()) {
      String owner = pod.owner().substring(pod.owner().indexOf('/') + 1);
      metadata
          .putArray("ownerReferences")
          .addObject()
          .put("apiVersion", "apps/v1")
          .put("kind", pod.kind())
          .put("name", owner)
          .put("uid", pod.owner())
          .put("controller", true);
    }
    ObjectNode spec = (ObjectNode) pod.template().spec().deepCopy();
    spec.put("nodeName", pod.seat().nodeName())
        .put("serviceAccountName", pod.template().serviceAccount());
    object.set("spec", spec);
    ObjectNode status = object.putObject("status");
    status
        .put("phase", phase)
        .put("podIP", pod.seat().v4())
        .put("hostIP", Addresses.node(pod.seat().node()));
    ArrayNode addresses = status.putArray("podIPs");
    addresses.addObject().put("ip", pod.seat().v4());
    addresses.addObject().put("ip", pod.seat().v6());
    condition(status, ready);
    put(object);
  }

  /** Writes the user's service with its addresses. */
  public void service(PlannedService service) throws IOException {
    ObjectNode object = (ObjectNode) service.object().content().deepCopy();
    object.withObject("metadata").put("namespace", service.namespace());
    ObjectNode spec = object.withObject("spec");
    spec.put("clusterIP", service.headless() ? "None" : service.addresses().getFirst());
    ArrayNode addresses = spec.putArray("clusterIPs");
    List<String> shown = service.headless() ? List.of("None") : service.addresses();
    shown.forEach(addresses::add);
    put(object);
  }

  private static ObjectNode object(String version, String kind, String namespace, String name) {
    ObjectNode object = JSON.createObjectNode().put("apiVersion", version).put("kind", kind);
    ObjectNode metadata = object.putObject("metadata").put("name", name);
    if (!namespace.isEmpty()) metadata.put("namespace", namespace);
    return object;
  }

  private static void condition(ObjectNode status, boolean ready) {
    status
        .putArray("conditions")
        .addObject()
        .put("type", "Ready")
        .put("status", ready ? "True" : "False");
  }

  private void put(ObjectNode object) throws IOException {
    String namespace = object.path("metadata").path("namespace").asString("");
    String file =
        object.path("kind").asString()
            + "."
            + namespace
            + "."
            + object.path("metadata").path("name").asString()
            + ".yaml";
    String text = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(object) + "\n";
    wanted.add(file);
    if (text.equals(written.put(file, text))) return;
    StateDirectory.write(directory.resolve(file), text);
  }

  /** Ends a round of writing: objects that were not written in it are gone. */
  public void removeOthers() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (!name.startsWith(".") && !wanted.contains(name)) Files.deleteIfExists(file);
      }
    }
    written.keySet().retainAll(wanted);
    wanted.clear();
  }
}
