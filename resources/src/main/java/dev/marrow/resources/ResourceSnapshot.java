package dev.marrow.resources;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * All objects at one moment. Immutable. Two snapshots that follow each other share what did not
 * change, so that their difference is cheap.
 */
public final class ResourceSnapshot {
  private static final ResourceSnapshot EMPTY = new ResourceSnapshot(Trie.empty(), List.of());

  /** Where the objects of one kind in one namespace are kept. */
  private record Shelf(String kind, String namespace) {
    static Shelf of(ObjectKey key) {
      return new Shelf(key.kind(), key.namespace());
    }
  }

  private final Trie<Shelf, Trie<ObjectKey, KubeObject>> shelves;
  private final List<Problem> problems;

  private ResourceSnapshot(
      Trie<Shelf, Trie<ObjectKey, KubeObject>> shelves, List<Problem> problems) {
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
    Trie<Shelf, Trie<ObjectKey, KubeObject>> next = shelves;
    for (KubeObject object : changed) {
      Shelf shelf = Shelf.of(object.key());
      next = next.with(shelf, at(next, shelf).with(object.key(), object));
    }
    for (ObjectKey key : removed) {
      Shelf shelf = Shelf.of(key);
      Trie<ObjectKey, KubeObject> rest = at(next, shelf).without(key);
      next = rest.isEmpty() ? next.without(shelf) : next.with(shelf, rest);
    }
    return new ResourceSnapshot(next, found.stream().sorted().toList());
  }

  private static Trie<ObjectKey, KubeObject> at(
      Trie<Shelf, Trie<ObjectKey, KubeObject>> shelves, Shelf shelf) {
    return shelves.get(shelf).orElseGet(Trie::empty);
  }

  public Optional<KubeObject> get(ObjectKey key) {
    return at(shelves, Shelf.of(key)).get(key);
  }

  public Optional<KubeObject> get(String kind, String namespace, String name) {
    return get(new ObjectKey(kind, namespace, name));
  }

  /** All objects of a kind, ordered by namespace and name. */
  public List<KubeObject> all(String kind) {
    List<KubeObject> found = new ArrayList<>();
    shelves.forEach((shelf, objects) -> {
      if (shelf.kind().equals(kind)) {
        objects.forEach((key, object) -> found.add(object));
      }
    });
    return sorted(found);
  }

  /** The objects of a kind in one namespace, ordered by name. */
  public List<KubeObject> all(String kind, String namespace) {
    List<KubeObject> found = new ArrayList<>();
    at(shelves, new Shelf(kind, namespace)).forEach((key, object) -> found.add(object));
    return sorted(found);
  }

  private static List<KubeObject> sorted(List<KubeObject> objects) {
    objects.sort(Comparator.comparing(KubeObject::key));
    return List.copyOf(objects);
  }

  public Set<String> kinds() {
    Set<String> kinds = new HashSet<>();
    shelves.forEach((shelf, objects) -> kinds.add(shelf.kind()));
    return Set.copyOf(kinds);
  }

  public int size() {
    AtomicInteger size = new AtomicInteger();
    shelves.forEach((shelf, objects) -> size.addAndGet(objects.size()));
    return size.get();
  }

  /** What could not be read, ordered by file and line. */
  public List<Problem> problems() {
    return problems;
  }

  /** The keys whose object came, went or is another one than in {@code earlier}. */
  public Set<ObjectKey> changedSince(ResourceSnapshot earlier) {
    Set<ObjectKey> changed = new LinkedHashSet<>();
    earlier.shelves.changes(
        shelves, shelf -> at(earlier.shelves, shelf).changes(at(shelves, shelf), changed::add));
    return changed;
  }
}
