package dev.marrow.cli.local.plan;

import dev.marrow.resources.KubeObject;
import dev.marrow.resources.Problem;
import dev.marrow.resources.ResourceSnapshot;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Plans the mesh: Deployments, DaemonSets and Pods become pods on nodes, services get addresses.
 * Pure but for the ids it is given. A pod that has a seat keeps it; a Deployment's pods carry a
 * digest of their template in the name, so that a changed template means new pods beside the old
 * ones.
 */
public final class MeshPlanner {
  private static final String LETTERS = "bcdfghjklmnpqrstvwxz2456789";
  private static final int MAX_REPLICAS = 200;

  private final int nodes;
  private final Map<PodKey, Seat> seats;
  private final Map<String, Integer> services;
  private final Supplier<String> newUid;
  private final List<Problem> problems = new ArrayList<>();
  private final TreeMap<PodKey, PlannedPod> pods = new TreeMap<>();

  private MeshPlanner(
      int nodes, Map<PodKey, Seat> seats, Map<String, Integer> services, Supplier<String> newUid) {
    this.nodes = nodes;
    this.seats = seats;
    this.services = services;
    this.newUid = newUid;
  }

  /**
   * Plans.
   *
   * @param seats the seats taken so far, also by pods that are on their way out; new ones are added
   * @param services the numbers of the services' addresses so far; new ones are added
   * @param newUid gives the id of each new pod
   */
  public static MeshPlan plan(
      int nodes,
      ResourceSnapshot objects,
      Map<PodKey, Seat> seats,
      Map<String, Integer> services,
      Supplier<String> newUid) {
    return new MeshPlanner(nodes, seats, services, newUid).plan(objects);
  }

  private MeshPlan plan(ResourceSnapshot objects) {
    for (KubeObject namespace : objects.all("Namespace")) {
      mode(namespace, namespace.labels());
    }
    for (KubeObject pod : objects.all("Pod")) {
      mode(pod, pod.labels());
      place(pod, pod.name(), "", pod.content());
    }
    for (KubeObject deployment : objects.all("Deployment")) {
      deploy(deployment);
    }
    for (KubeObject set : objects.all("DaemonSet")) {
      deployPerNode(set);
    }
    TreeMap<String, PlannedService> planned = new TreeMap<>();
    List<KubeObject> wanted = objects.all("Service");
    services.keySet().retainAll(new HashSet<>(wanted.stream().map(MeshPlanner::path).toList()));
    for (KubeObject service : wanted) {
      if (!service.spec().path("type").stringValue("").equals("ExternalName")) {
        planned.put(path(service), service(service));
      }
    }
    return new MeshPlan(nodes, pods, planned, problems);
  }

  /** A slip in the label means plaintext, so it is told; it means what it means to a cluster. */
  private void mode(KubeObject object, Map<String, String> labels) {
    String value = labels.getOrDefault(MeshPlan.DATAPLANE_MODE, "");
    MeshPlan.slip(MeshPlan.DATAPLANE_MODE, value)
        .ifPresent(slip -> problem(object, "label " + slip));
  }

  private void deploy(KubeObject deployment) {
    JsonNode template = deployment.spec().path("template");
    mode(deployment, TemplateReader.texts(template.path("metadata").path("labels")));
    int replicas = deployment.spec().path("replicas").asInt(1);
    if (replicas < 0 || replicas > MAX_REPLICAS) {
      problem(deployment, "spec.replicas: " + replicas + " (expected: 0.." + MAX_REPLICAS + ")");
      return;
    }
    String digest = digest(lasting(template).toString());
    for (int n = 0; n < replicas; n++) {
      place(deployment, deployment.name() + "-" + digest + "-" + n, path(deployment), template);
    }
  }

  /** One on each node; its name says which. */
  private void deployPerNode(KubeObject set) {
    if (!(set.spec().path("template") instanceof ObjectNode template)) {
      problem(set, "spec.template: none (expected: a pod)");
      return;
    }
    mode(set, TemplateReader.texts(template.path("metadata").path("labels")));
    String digest = digest(lasting(template).toString());
    String wanted = wantedNode(template.path("spec"));
    for (int node = 1; node <= nodes; node++) {
      String name = Seat.nodeName(node);
      if (wanted.isEmpty() || wanted.equals(name)) {
        ObjectNode pod = template.deepCopy();
        pod.withObject("spec").put("nodeName", name);
        place(set, set.name() + "-" + digest + "-" + name, path(set), pod);
      }
    }
  }

  private static String wantedNode(JsonNode spec) {
    String selected = spec.path("nodeSelector").path("kubernetes.io/hostname").stringValue("");
    return spec.path("nodeName").stringValue(selected);
  }

  /** The template without the mesh's own labels: these take effect on living pods. */
  private static JsonNode lasting(JsonNode template) {
    JsonNode copy = template.deepCopy();
    if (copy.path("metadata").path("labels") instanceof ObjectNode labels) {
      labels.remove(
          labels.propertyNames().stream().filter(name -> name.startsWith("istio.io/")).toList());
      if (labels.isEmpty()) ((ObjectNode) copy.path("metadata")).remove("labels");
    }
    if (copy.path("metadata") instanceof ObjectNode metadata && metadata.isEmpty())
      ((ObjectNode) copy).remove("metadata");
    return copy;
  }

  private void place(KubeObject origin, String name, String owner, JsonNode pod) {
    PodKey key = new PodKey(origin.namespace(), name);
    try {
      PodTemplate template = TemplateReader.read(pod);
      Optional<Seat> seat = Optional.ofNullable(seats.get(key)).or(() -> choose(template, owner));
      if (seat.isEmpty()) {
        problem(
            origin,
            "no node has room (limit: "
                + Addresses.PODS_PER_NODE
                + " pods on each of "
                + nodes
                + " nodes)");
        return;
      }
      seats.put(key, seat.get());
      pods.put(key, new PlannedPod(key, origin.kind(), owner, template, seat.get()));
    } catch (TemplateReader.Unusable e) {
      problem(origin, String.valueOf(e.getMessage()));
    }
  }

  private Optional<Seat> choose(PodTemplate template, String owner) {
    String wanted = wantedNode(template.spec());
    return IntStream.rangeClosed(1, nodes)
        .boxed()
        .filter(node -> wanted.isEmpty() || wanted.equals(Seat.nodeName(node)))
        .sorted(
            Comparator.comparing((Integer node) -> siblings(node, owner)).thenComparing(this::load))
        .flatMap(node -> freeSlot(node).map(slot -> new Seat(node, slot, newUid.get())).stream())
        .findFirst();
  }

  private long siblings(int node, String owner) {
    if (owner.isEmpty()) return 0;
    return pods.values().stream()
        .filter(pod -> pod.seat().node() == node && pod.owner().equals(owner))
        .count();
  }

  private long load(int node) {
    return seats.values().stream().filter(seat -> seat.node() == node).count();
  }

  private Optional<Integer> freeSlot(int node) {
    Set<Integer> taken = new HashSet<>();
    seats.values().stream()
        .filter(seat -> seat.node() == node)
        .forEach(seat -> taken.add(seat.slot()));
    return IntStream.range(0, Addresses.PODS_PER_NODE)
        .boxed()
        .filter(slot -> !taken.contains(slot))
        .findFirst();
  }

  private PlannedService service(KubeObject service) {
    JsonNode spec = service.spec();
    List<PlannedService.Port> ports = new ArrayList<>();
    for (JsonNode port : spec.path("ports")) {
      int number = port.path("port").asInt(0);
      if (number < 1 || number > 65_535) {
        problem(service, "spec.ports: port " + port.path("port") + " (expected: 1..65535)");
        continue;
      }
      String target =
          port.hasNonNull("targetPort") ? port.path("targetPort").asString("") : "" + number;
      ports.add(
          new PlannedService.Port(
              port.path("name").stringValue(""),
              number,
              target,
              port.path("protocol").stringValue("TCP")));
    }
    return new PlannedService(
        service, addresses(service), TemplateReader.texts(spec.path("selector")), ports);
  }

  private List<String> addresses(KubeObject service) {
    String wanted = service.spec().path("clusterIP").stringValue("");
    if (wanted.equals("None")) return List.of();
    List<String> fixed = TemplateReader.strings(service.spec().path("clusterIPs"));
    if (!fixed.isEmpty()) return fixed;
    if (!wanted.isEmpty()) return List.of(wanted);
    String path = path(service);
    if (!services.containsKey(path)) {
      Set<Integer> taken = new HashSet<>(services.values());
      Optional<Integer> free =
          IntStream.range(0, Addresses.MAX_SERVICES)
              .boxed()
              .filter(n -> !taken.contains(n))
              .findFirst();
      if (free.isEmpty()) {
        problem(service, "no address is free (limit: " + Addresses.MAX_SERVICES + " services)");
        return List.of();
      }
      services.put(path, free.get());
    }
    int index = new HashMap<>(services).getOrDefault(path, 0);
    return List.of(Addresses.service(index), Addresses.serviceV6(index));
  }

  private void problem(KubeObject object, String reason) {
    problems.add(new Problem(object.origin(), object.key() + ": " + reason));
  }

  private static String path(KubeObject object) {
    return object.namespace() + "/" + object.name();
  }

  /** Five letters that change with the text. */
  static String digest(String text) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    long rest = crc.getValue();
    StringBuilder letters = new StringBuilder();
    for (int n = 0; n < 5; n++, rest /= LETTERS.length())
      letters.append(LETTERS.charAt((int) (rest % LETTERS.length())));
    return letters.toString();
  }
}
