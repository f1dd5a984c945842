package dev.marrow.cli.command;

import dev.marrow.cli.local.NodeAdmin;
import dev.marrow.cli.local.Startup;
import dev.marrow.cli.local.plan.MeshPlan;
import dev.marrow.cli.local.state.MeshState;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ResourceSnapshot;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;

/**
 * Waits until node agents and proxies have followed a change of objects. Confined to one thread.
 */
final class DataPlane {
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration REMOTE_POLL = Duration.ofMillis(700);

  /** What is still missing, in words; nothing once the data plane has followed. */
  interface Condition {
    List<String> missing(MeshState mesh) throws IOException;
  }

  private final MeshSettings settings;

  DataPlane(MeshSettings settings) {
    this.settings = settings;
  }

  /** Waits, and tells how many things are still missing. */
  void await(String what, Condition condition, Duration longest, PrintWriter out)
      throws IOException {
    long begun = System.nanoTime();
    int told = -1;
    while (true) {
      List<String> missing = condition.missing(settings.running());
      if (missing.isEmpty()) {
        out.printf("%s (%.1f s)%n", what, (System.nanoTime() - begun) / 1e9);
        out.flush();
        return;
      }
      if (System.nanoTime() - begun > longest.toNanos()) throw late(what, missing, longest);
      if (missing.size() != told && System.nanoTime() - begun > 1_000_000_000L) {
        out.println(
            "  waiting for "
                + missing.getFirst()
                + (missing.size() > 1 ? " and " + (missing.size() - 1) + " more" : ""));
        out.flush();
        told = missing.size();
      }
      LockSupport.parkNanos((settings.cluster().isEmpty() ? POLL : REMOTE_POLL).toNanos());
    }
  }

  private static IOException late(String what, List<String> missing, Duration longest) {
    return new IOException(
        "%s: not after %d s. The objects are changed, the data plane still lacks:%n  %s%n`marrow logs node-agent/NODE`, `marrow logs ztunnel/NODE` and `marrow logs control-plane` may show why."
            .formatted(
                what, longest.toSeconds(), String.join(System.lineSeparator() + "  ", missing)));
  }

  /** Every pod is in the mesh or out of it as its labels say, and every node's proxy knows. */
  List<String> enrolment(ResourceSnapshot objects, MeshState mesh) throws IOException {
    List<String> missing = new ArrayList<>();
    Map<String, String> protocols = new HashMap<>();
    for (MeshState.Pod pod : mesh.pods()) {
      if (pod.phase().equals("Terminating")) continue;
      boolean wanted = wanted(objects, pod);
      String name = pod.namespace() + "/" + pod.name();
      if (pod.ambient() != wanted || pod.enrolled() != wanted) {
        missing.add((wanted ? "enrolment of " : "end of enrolment of ") + name);
      } else if (wanted || pod.gateway().isEmpty()) {
        protocols.put(pod.addresses().getFirst(), wanted ? "HBONE" : "TCP");
      }
    }
    if (missing.isEmpty()) proxies(mesh, protocols, missing);
    return missing;
  }

  private static boolean wanted(ResourceSnapshot objects, MeshState.Pod pod) {
    Map<String, String> namespace =
        objects.get("Namespace", "", pod.namespace()).map(KubeObject::labels).orElse(Map.of());
    Map<String, String> labels =
        objects
            .get("Pod", pod.namespace(), pod.name())
            .map(KubeObject::labels)
            .orElse(pod.labels());
    return MeshPlan.ambient(labels, namespace);
  }

  private void proxies(MeshState mesh, Map<String, String> protocols, List<String> missing)
      throws IOException {
    for (MeshState.Program program : mesh.programs()) {
      if (!program.name().startsWith("ztunnel/")) continue;
      JsonNode dump = dump(program, missing);
      for (JsonNode workload : dump.path("workloads")) {
        for (JsonNode address : workload.path("workloadIps")) {
          String expected = protocols.get(address.asString(""));
          String known = workload.path("protocol").asString("TCP");
          if (expected != null && !known.equals(expected)) {
            missing.add(
                "%s to know that %s is reached by %s"
                    .formatted(program.name(), workload.path("name").asString(""), expected));
          }
        }
      }
    }
  }

  /** What a node's proxy knows; nothing, and a line in {@code missing}, when it does not answer. */
  JsonNode dump(MeshState.Program program, List<String> missing) {
    if (settings.cluster().isPresent()) {
      // Its admin page is for its own pod only; the conditions of the objects have to do.
      return tools.jackson.databind.node.JsonNodeFactory.instance.objectNode();
    }
    int node = Integer.parseInt(program.node().substring(program.node().lastIndexOf('-') + 1));
    try {
      return NodeAdmin.configDump(settings.names(), node);
    } catch (IOException e) {
      missing.add("an answer of " + program.name() + " (" + e.getMessage() + ")");
      return tools.jackson.databind.node.JsonNodeFactory.instance.objectNode();
    }
  }

  boolean runs() throws IOException {
    return settings.state().exists() && Startup.runs(settings.state());
  }
}
