package dev.marrow.waypoint.upstream;

import dev.marrow.mesh.workload.Workload;
import dev.marrow.waypoint.destination.Traffic;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which workloads belong to a subset. */
final class Subsets {
  private Subsets() {}

  /** {@code subset} null: all. */
  static boolean admits(Traffic.@Nullable Subset subset, Workload workload) {
    return subset == null
        || switch (subset.members()) {
          case Traffic.Members.Listed listed -> listed.uids().contains(workload.uid());
          case Traffic.Members.OfLabels(Map<String, String> labels) -> admits(labels, workload);
        };
  }

  private static boolean admits(Map<String, String> labels, Workload workload) {
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
