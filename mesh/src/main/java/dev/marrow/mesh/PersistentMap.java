package dev.marrow.mesh;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable hash map whose versions share what they have in common: a change copies the path to
 * one entry, about five small nodes among 100,000. A lookup allocates nothing.
 *
 * <p>Thread-safe, being immutable. Many changes at once go through an {@link Editor}, which copies
 * each node only once.
 */
final class PersistentMap<K, V> {
  private static final PersistentMap<Object, Object> EMPTY = new PersistentMap<>(TrieNode.EMPTY, 0);

  private final TrieNode root;
  private final int size;

  private PersistentMap(TrieNode root, int size) {
    this.root = root;
    this.size = size;
  }

  @SuppressWarnings("unchecked") // Holds nothing, so it holds nothing of a wrong type.
  static <K, V> PersistentMap<K, V> empty() {
    return (PersistentMap<K, V>) EMPTY;
  }

  /** The value of {@code key}, or null: no wrapper is allocated on the connect path. */
  @SuppressWarnings("unchecked") // Only an Editor<K, V> puts values in.
  @Nullable V get(K key) {
    return (V) root.find(key, TrieNode.hash(key));
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  @SuppressWarnings("unchecked") // As above.
  void forEach(BiConsumer<K, V> visitor) {
    root.forEach((key, value) -> visitor.accept((K) key, (V) value));
  }

  /** A copy of all values. */
  Collection<V> values() {
    List<V> values = new ArrayList<>(size);
    forEach((_, value) -> values.add(value));
    return values;
  }

  Editor<K, V> edit() {
    return new Editor<>(this);
  }

  /**
   * Changes to a map, on the way to the next one. Confined to one thread; the map it started from
   * is not affected.
   */
  static final class Editor<K, V> {
    private final Object owner = new Object();
    private final PersistentMap<K, V> before;
    private TrieNode root;
    private int size;

    private Editor(PersistentMap<K, V> before) {
      this.before = before;
      this.root = before.root;
      this.size = before.size;
    }

    @SuppressWarnings("unchecked") // As in PersistentMap.get.
    @Nullable V get(K key) {
      return (V) root.find(key, TrieNode.hash(key));
    }

    void put(K key, V value) {
      int hash = TrieNode.hash(key);
      if (root.find(key, hash) == null) {
        size++;
      }
      root = root.put(owner, key, value, hash, 0);
    }

    void remove(K key) {
      int hash = TrieNode.hash(key);
      if (root.find(key, hash) != null) {
        size--;
        root = root.remove(owner, key, hash, 0);
      }
    }

    /** The next map. The editor must not be used afterwards. */
    PersistentMap<K, V> build() {
      return root == before.root && size == before.size ? before : new PersistentMap<>(root, size);
    }
  }
}
