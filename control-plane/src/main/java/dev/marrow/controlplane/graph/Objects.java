package dev.marrow.controlplane.graph;

import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The objects by kind, namespace and name. Confined to the thread of its graph. */
final class Objects {
  private final Map<String, TreeMap<String, TreeMap<String, KubeObject>>> kinds = new HashMap<>();

  void put(KubeObject object) {
    ObjectKey key = object.key();
    kinds
        .computeIfAbsent(key.kind(), kind -> new TreeMap<>())
        .computeIfAbsent(key.namespace(), namespace -> new TreeMap<>())
        .put(key.name(), object);
  }

  void remove(ObjectKey key) {
    var namespaces = kinds.getOrDefault(key.kind(), new TreeMap<>());
    var names = namespaces.getOrDefault(key.namespace(), new TreeMap<>());
    names.remove(key.name());
    if (names.isEmpty()) {
      namespaces.remove(key.namespace());
    }
  }

  Optional<KubeObject> get(ObjectKey key) {
    return Optional.ofNullable(names(key.kind(), key.namespace()).get(key.name()));
  }

  List<KubeObject> in(String kind, String namespace) {
    return List.copyOf(names(kind, namespace).values());
  }

  List<KubeObject> of(String kind) {
    return kinds.getOrDefault(kind, new TreeMap<>()).values().stream()
        .flatMap(names -> names.values().stream())
        .toList();
  }

  private TreeMap<String, KubeObject> names(String kind, String namespace) {
    return kinds.getOrDefault(kind, new TreeMap<>()).getOrDefault(namespace, new TreeMap<>());
  }
}
