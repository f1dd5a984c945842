package dev.marrow.controlplane.cluster;

import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.kubernetes.MeshKinds;
import dev.marrow.resources.kubernetes.WatchedKind;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where an API server has an object. Pure. */
final class ObjectPaths {
  /** What we make and nobody else compiles. */
  static final List<WatchedKind> MADE =
      List.of(
          WatchedKind.of("Deployment", "apps", "deployments", "v1"),
          WatchedKind.of("DaemonSet", "apps", "daemonsets", "v1"),
          WatchedKind.of("PodDisruptionBudget", "policy", "poddisruptionbudgets", "v1"),
          WatchedKind.of(
              "HorizontalPodAutoscaler", "autoscaling", "horizontalpodautoscalers", "v2"));

  private static final Map<String, WatchedKind> KINDS =
      Stream.concat(MeshKinds.all().stream(), MADE.stream())
          .collect(Collectors.toUnmodifiableMap(WatchedKind::kind, kind -> kind));

  private ObjectPaths() {}

  static boolean known(String kind) {
    return KINDS.containsKey(kind);
  }

  static WatchedKind kind(String kind) {
    WatchedKind known = KINDS.get(kind);
    if (known == null) {
      throw new IllegalArgumentException("kind: %s (expected: one we know)".formatted(kind));
    }
    return known;
  }

  /** The path of {@code key}, in the version that {@code apiVersion} names. */
  static String of(ObjectKey key, String apiVersion) {
    String group = apiVersion.contains("/") ? "/apis/" + apiVersion : "/api/" + apiVersion;
    String namespace = key.namespace().isEmpty() ? "" : "/namespaces/" + key.namespace();
    return "%s%s/%s/%s".formatted(group, namespace, kind(key.kind()).plural(), key.name());
  }

  /** The same in the best version of its group. */
  static String of(ObjectKey key) {
    WatchedKind kind = kind(key.kind());
    String version = kind.versions().getFirst();
    return of(key, kind.group().isEmpty() ? version : kind.group() + "/" + version);
  }
}
