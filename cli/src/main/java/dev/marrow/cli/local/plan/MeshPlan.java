package dev.marrow.cli.local.plan;

import dev.marrow.resources.Problem;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything that should run. Immutable.
 *
 * @param services by {@code NAMESPACE/NAME}
 * @param problems objects that cannot run here, and why
 */
public record MeshPlan(
    int nodes,
    SortedMap<PodKey, PlannedPod> pods,
    SortedMap<String, PlannedService> services,
    List<Problem> problems) {
  public MeshPlan {
    pods = new TreeMap<>(pods);
    services = new TreeMap<>(services);
    problems = List.copyOf(problems);
  }

  public static MeshPlan empty(int nodes) {
    return new MeshPlan(nodes, new TreeMap<>(), new TreeMap<>(), List.of());
  }

  /**
   * Whether the label says that a pod takes part in the mesh: its own word counts before its
   * namespace's.
   */
  public static boolean ambient(
      Map<String, String> podLabels, Map<String, String> namespaceLabels) {
    String own = podLabels.getOrDefault(DATAPLANE_MODE, "");
    if (!own.isEmpty()) return own.equals("ambient");
    return namespaceLabels.getOrDefault(DATAPLANE_MODE, "").equals("ambient");
  }

  public static final String DATAPLANE_MODE = "istio.io/dataplane-mode";

  /** What is wrong with a label that takes a pod into the mesh or out of it; empty if nothing. */
  public static Optional<String> slip(String label, String value) {
    boolean known = value.isEmpty() || MODES.contains(value);
    return !label.equals(DATAPLANE_MODE) || known
        ? Optional.empty()
        : Optional.of("%s: '%s' (expected: ambient or none)".formatted(label, value));
  }

  private static final Set<String> MODES = Set.of("ambient", "none");
}
