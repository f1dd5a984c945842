package dev.marrow.resources;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The files of all directories, one above the other, and what shows from above. Confined to the
 * watching thread.
 */
final class Layers {
  /** Order: the directory, then the file's name, then the place in the file. */
  private record Place(int directory, String file, int index) implements Comparable<Place> {
    private static final Comparator<Place> ORDER =
        Comparator.comparingInt(Place::directory)
            .thenComparing(Place::file)
            .thenComparingInt(Place::index);

    @Override
    public int compareTo(Place other) {
      return ORDER.compare(this, other);
    }
  }

  private final Map<ObjectKey, TreeMap<Place, KubeObject>> places = new HashMap<>();
  private final Map<String, List<KubeObject>> files = new HashMap<>();

  /** Puts the objects of a file in place of what it had; returns the keys that may differ. */
  Set<ObjectKey> put(int directory, String file, List<KubeObject> objects) {
    Set<ObjectKey> touched = remove(directory, file);
    for (int i = 0; i < objects.size(); i++) {
      KubeObject object = objects.get(i);
      places
          .computeIfAbsent(object.key(), key -> new TreeMap<>())
          .put(new Place(directory, file, i), object);
      touched.add(object.key());
    }
    if (!objects.isEmpty()) {
      files.put(file, objects);
    }
    return touched;
  }

  /** Takes a file out; returns the keys that may differ. */
  Set<ObjectKey> remove(int directory, String file) {
    Set<ObjectKey> touched = new LinkedHashSet<>();
    List<KubeObject> objects = Optional.ofNullable(files.remove(file)).orElse(List.of());
    for (int i = 0; i < objects.size(); i++) {
      ObjectKey key = objects.get(i).key();
      TreeMap<Place, KubeObject> at = places.getOrDefault(key, new TreeMap<>());
      at.remove(new Place(directory, file, i));
      if (at.isEmpty()) {
        places.remove(key);
      }
      touched.add(key);
    }
    return touched;
  }

  /** What shows for {@code key}: the highest plain object with the overlays above the first one. */
  Optional<KubeObject> resolve(ObjectKey key) {
    TreeMap<Place, KubeObject> at = places.getOrDefault(key, new TreeMap<>());
    Optional<KubeObject> base = Optional.empty();
    int directory = -1;
    for (Map.Entry<Place, KubeObject> entry : at.entrySet()) {
      // Of two in one directory the first stays; the second is a problem.
      if (!entry.getValue().overlay() && entry.getKey().directory() != directory) {
        base = Optional.of(entry.getValue());
        directory = entry.getKey().directory();
      }
    }
    int lowest = directory;
    return base.map(object ->
        at.entrySet().stream()
            .filter(entry -> entry.getKey().directory() >= lowest)
            .map(Map.Entry::getValue)
            .filter(KubeObject::overlay)
            .reduce(object, ObjectShape::merge));
  }

  /** The objects among {@code keys} that an earlier one of the same directory hides. */
  Collection<Problem> duplicates(Collection<ObjectKey> keys) {
    List<Problem> problems = new ArrayList<>();
    for (ObjectKey key : keys) {
      Map<Integer, KubeObject> first = new HashMap<>();
      places
          .getOrDefault(key, new TreeMap<>())
          .forEach((place, object) -> duplicate(first, place, object).ifPresent(problems::add));
    }
    return problems;
  }

  private static Optional<Problem> duplicate(
      Map<Integer, KubeObject> first, Place place, KubeObject object) {
    if (object.overlay()) {
      return Optional.empty();
    }
    KubeObject earlier = first.putIfAbsent(place.directory(), object);
    return earlier == null
        ? Optional.empty()
        : Optional.of(
            new Problem(
                object.origin(), "%s: already in %s".formatted(object.key(), earlier.origin())));
  }
}
