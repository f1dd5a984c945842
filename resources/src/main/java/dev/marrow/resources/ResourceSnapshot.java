package dev.marrow.resources;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All objects at one moment. Immutable. Two snapshots that follow each other share what did not
 * change, so that their difference is cheap.
 */
public final class ResourceSnapshot {
  private static final ResourceSnapshot EMPTY = new ResourceSnapshot(Map.of(), List.of());

  private final Map<String, Map<ObjectKey, KubeObject>> byKind;
  private final List<Problem> problems;

  private ResourceSnapshot(Map<String, Map<ObjectKey, KubeObject>> byKind, List<Problem> problems) {
    this.byKind = byKind;
    this.problems = problems;
  }

  public static ResourceSnapshot empty() {
    return EMPTY;
  }

  public static ResourceSnapshot of(Collection<KubeObject> objects) {
    return EMPTY.with(objects, Set.of(), List.of());
  }

  /**
   * The objects of a YAML text. Throws what is wrong with it.
   *
   * @param source for messages, for example {@code standard input}
   */
  public static ResourceSnapshot parse(String source, String text) {
    return switch (new YamlFile(FileLimits.standard()).read(source, text)) {
      case YamlFile.Result.Objects(List<KubeObject> objects) -> of(objects);
      case YamlFile.Result.Bad(Problem problem) ->
          throw new IllegalArgumentException(problem.toString());
    };
  }

  /** The next snapshot: {@code changed} put in, {@code removed} taken out. */
  public ResourceSnapshot with(
      Collection<KubeObject> changed, Collection<ObjectKey> removed, Collection<Problem> found) {
    Map<String, Map<ObjectKey, KubeObject>> next = new HashMap<>(byKind);
    Set<String> copied = new LinkedHashSet<>();
    for (KubeObject object : changed) {
      own(next, copied, object.key().kind()).put(object.key(), object);
    }
    for (ObjectKey key : removed) {
      own(next, copied, key.kind()).remove(key);
    }
    return new ResourceSnapshot(next, found.stream().sorted().toList());
  }

  private static Map<ObjectKey, KubeObject> own(
      Map<String, Map<ObjectKey, KubeObject>> next, Set<String> copied, String kind) {
    if (copied.add(kind)) {
      next.put(kind, new HashMap<>(next.getOrDefault(kind, Map.of())));
    }
    return next.getOrDefault(kind, Map.of());
  }

  public Optional<KubeObject> get(ObjectKey key) {
    return Optional.ofNullable(byKind.getOrDefault(key.kind(), Map.of()).get(key));
  }

  public Optional<KubeObject> get(String kind, String namespace, String name) {
    return get(new ObjectKey(kind, namespace, name));
  }

  /** All objects of a kind, ordered by namespace and name. */
  public List<KubeObject> all(String kind) {
    return byKind.getOrDefault(kind, Map.of()).values().stream()
        .sorted(Comparator.comparing(KubeObject::key))
        .toList();
  }

  /** The objects of a kind in one namespace, ordered by name. */
  public List<KubeObject> all(String kind, String namespace) {
    return byKind.getOrDefault(kind, Map.of()).values().stream()
        .filter(object -> object.namespace().equals(namespace))
        .sorted(Comparator.comparing(KubeObject::key))
        .toList();
  }

  public Set<String> kinds() {
    return Set.copyOf(byKind.keySet());
  }

  public int size() {
    return byKind.values().stream().mapToInt(Map::size).sum();
  }

  /** What could not be read, ordered by file and line. */
  public List<Problem> problems() {
    return problems;
  }

  /** The keys whose object came, went or is another one than in {@code earlier}. */
  public Set<ObjectKey> changedSince(ResourceSnapshot earlier) {
    Set<ObjectKey> changed = new LinkedHashSet<>();
    Set<String> kinds = new LinkedHashSet<>(byKind.keySet());
    kinds.addAll(earlier.byKind.keySet());
    for (String kind : kinds) {
      Map<ObjectKey, KubeObject> now = byKind.getOrDefault(kind, Map.of());
      Map<ObjectKey, KubeObject> before = earlier.byKind.getOrDefault(kind, Map.of());
      if (now != before) {
        compare(now, before, changed);
      }
    }
    return changed;
  }

  private static void compare(
      Map<ObjectKey, KubeObject> now, Map<ObjectKey, KubeObject> before, Set<ObjectKey> changed) {
    now.forEach((key, object) -> {
      if (before.get(key) != object) {
        changed.add(key);
      }
    });
    before.keySet().stream().filter(key -> !now.containsKey(key)).forEach(changed::add);
  }
}
