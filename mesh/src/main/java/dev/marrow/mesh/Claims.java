package dev.marrow.mesh;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Short immutable lists of those that claim one key, best first. */
final class Claims {
  private Claims() {}

  static <T> List<T> with(@Nullable List<T> claims, T claim, Comparator<T> order) {
    if (claims == null) {
      return List.of(claim);
    }
    if (holds(claims, claim)) {
      return claims;
    }
    List<T> next = new ArrayList<>(claims);
    next.add(claim);
    next.sort(order);
    return List.copyOf(next);
  }

  /** Without exactly this object. */
  static <T> List<T> without(List<T> claims, T claim) {
    List<T> next = new ArrayList<>(claims);
    next.removeIf(held -> held == claim);
    return List.copyOf(next);
  }

  /** Changes the claims of {@code key} in {@code index}; a key without claims is dropped. */
  static <K, T> void remove(PersistentMap.Editor<K, List<T>> index, K key, T claim) {
    List<T> held = index.get(key);
    if (held == null) {
      return;
    }
    List<T> next = without(held, claim);
    if (next.isEmpty()) {
      index.remove(key);
    } else {
      index.put(key, next);
    }
  }

  static <K, T> void add(
      PersistentMap.Editor<K, List<T>> index, K key, T claim, Comparator<T> order) {
    index.put(key, with(index.get(key), claim, order));
  }

  private static <T> boolean holds(List<T> claims, T claim) {
    for (T held : claims) {
      if (held == claim) {
        return true;
      }
    }
    return false;
  }
}
