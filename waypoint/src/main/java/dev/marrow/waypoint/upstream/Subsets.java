package dev.marrow.waypoint.upstream;

import dev.marrow.mesh.workload.Workload;
import java.util.Map;

/** Which workloads belong to a subset, by the labels that are known of workloads. */
final class Subsets {
  private Subsets() {}

  static boolean admits(Map<String, String> labels, Workload workload) {
    return labels.entrySet().stream().allMatch(e -> of(workload, e.getKey()).equals(e.getValue()));
  }

  private static String of(Workload workload, String label) {
    return switch (label) {
      case "version", "app.kubernetes.io/version", "service.istio.io/canonical-revision" ->
          workload.labels().canonicalRevision();
      case "app", "app.kubernetes.io/name", "service.istio.io/canonical-name" ->
          workload.labels().canonicalName();
      default -> "";
    };
  }
}
