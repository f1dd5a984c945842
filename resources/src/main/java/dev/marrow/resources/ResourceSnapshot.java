package dev.marrow.resources;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All objects at one moment. Immutable. Two snapshots that follow each other share what did not
 * change, so that their difference is cheap.
 */
public final class ResourceSnapshot {
  private static final ResourceSnapshot EMPTY = new ResourceSnapshot(Map.of(), List.of());

  /** Where the objects of one kind in one namespace are kept. */
  private record Shelf(String kind, String namespace) {
    static Shelf of(ObjectKey key) {
      return new Shelf(key.kind(), key.namespace());
    }
  }

  private final Map<Shelf, Map<ObjectKey, KubeObject>> shelves;
  private final List<Problem> problems;

  private ResourceSnapshot(Map<Shelf, Map<ObjectKey, KubeObject>> shelves, List<Problem> problems) {
    this.shelves = shelves;
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
    Map<Shelf, Map<ObjectKey, KubeObject>> next = new HashMap<>(shelves);
    Set<Shelf> copied = new LinkedHashSet<>();
    for (KubeObject object : changed) {
      own(next, copied, object.key()).put(object.key(), object);
    }
    for (ObjectKey key : removed) {
      own(next, copied, key).remove(key);
    }
    copied.stream().filter(shelf -> at(next, shelf).isEmpty()).forEach(next::remove);
    return new ResourceSnapshot(next, found.stream().sorted().toList());
  }

  private static Map<ObjectKey, KubeObject> own(
      Map<Shelf, Map<ObjectKey, KubeObject>> next, Set<Shelf> copied, ObjectKey key) {
    Shelf shelf = Shelf.of(key);
    if (copied.add(shelf)) {
      next.put(shelf, new HashMap<>(at(next, shelf)));
    }
    return at(next, shelf);
  }

  private static Map<ObjectKey, KubeObject> at(
      Map<Shelf, Map<ObjectKey, KubeObject>> shelves, Shelf shelf) {
    return shelves.getOrDefault(shelf, Map.of());
  }

  public Optional<KubeObject> get(ObjectKey key) {
    return Optional.ofNullable(at(shelves, Shelf.of(key)).get(key));
  }

  public Optional<KubeObject> get(String kind, String namespace, String name) {
    return get(new ObjectKey(kind, namespace, name));
  }

  /** All objects of a kind, ordered by namespace and name. */
  public List<KubeObject> all(String kind) {
    return shelves.entrySet().stream()
        .filter(entry -> entry.getKey().kind().equals(kind))
        .flatMap(entry -> entry.getValue().values().stream())
        .sorted(Comparator.comparing(KubeObject::key))
        .toList();
  }

  /** The objects of a kind in one namespace, ordered by name. */
  public List<KubeObject> all(String kind, String namespace) {
    return at(shelves, new Shelf(kind, namespace)).values().stream()
        .sorted(Comparator.comparing(KubeObject::key))
        .toList();
  }

  public Set<String> kinds() {
    return shelves.keySet().stream().map(Shelf::kind).collect(Collectors.toUnmodifiableSet());
  }

  public int size() {
    return shelves.values().stream().mapToInt(Map::size).sum();
  }

  /** What could not be read, ordered by file and line. */
  public List<Problem> problems() {
    return problems;
  }

  /** The keys whose object came, went or is another one than in {@code earlier}. */
  public Set<ObjectKey> changedSince(ResourceSnapshot earlier) {
    Set<ObjectKey> changed = new LinkedHashSet<>();
    Set<Shelf> all = new LinkedHashSet<>(shelves.keySet());
    all.addAll(earlier.shelves.keySet());
    for (Shelf shelf : all) {
      Map<ObjectKey, KubeObject> now = at(shelves, shelf);
      Map<ObjectKey, KubeObject> before = at(earlier.shelves, shelf);
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
