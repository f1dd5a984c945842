package dev.marrow.controlplane.compile.address;

import java.util.List;
import java.util.Map;

/** The names under which telemetry knows a workload. */
final class Canonical {
  private Canonical() {}

  static String name(Map<String, String> labels, String workloadName) {
    return first(
        labels,
        List.of("service.istio.io/canonical-name", "app.kubernetes.io/name", "app"),
        workloadName);
  }

  static String revision(Map<String, String> labels) {
    return first(
        labels,
        List.of("service.istio.io/canonical-revision", "app.kubernetes.io/version", "version"),
        "latest");
  }

  private static String first(Map<String, String> labels, List<String> names, String fallback) {
    return names.stream()
        .map(name -> labels.getOrDefault(name, ""))
        .filter(value -> !value.isEmpty())
        .findFirst()
        .orElse(fallback);
  }
}
