package dev.marrow.resources;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A map that never changes: putting in and taking out give another map that shares all but one path
 * with this one. So a change costs the same in a map of a hundred as of a hundred thousand, and so
 * does finding what differs between a map and the next. A hash tree, 32 ways to a level (Bagwell,
 * Ideal Hash Trees). Immutable.
 */
final class Trie<K, V> {
  private static final int BITS = 5;
  private static final Branch NOTHING = new Branch(0, new Node[0]);
  private static final Leaf NO_LEAF = new Leaf(0, new Object[0], new Object[0]);
  private static final Trie<?, ?> EMPTY = new Trie<>(NOTHING, 0);

  private sealed interface Node {}

  /** All entries of one hash; nearly always one. */
  private record Leaf(int hash, Object[] keys, Object[] values) implements Node {
    int indexOf(Object key) {
      return Arrays.asList(keys).indexOf(key);
    }
  }

  /** Children in the order of their places; {@code bitmap} says which places are taken. */
  private record Branch(int bitmap, Node[] children) implements Node {
    boolean has(int bit) {
      return (bitmap & bit) != 0;
    }

    int at(int bit) {
      return Integer.bitCount(bitmap & (bit - 1));
    }

    Branch replace(int bit, Node child) {
      Node[] copy = children.clone();
      copy[at(bit)] = child;
      return new Branch(bitmap, copy);
    }

    Branch insert(int bit, Node child) {
      Node[] copy = new Node[children.length + 1];
      int at = at(bit);
      System.arraycopy(children, 0, copy, 0, at);
      copy[at] = child;
      System.arraycopy(children, at, copy, at + 1, children.length - at);
      return new Branch(bitmap | bit, copy);
    }

    Branch remove(int bit) {
      Node[] copy = new Node[children.length - 1];
      int at = at(bit);
      System.arraycopy(children, 0, copy, 0, at);
      System.arraycopy(children, at + 1, copy, at, copy.length - at);
      return new Branch(bitmap & ~bit, copy);
    }
  }

  private final Branch root;
  private final int size;

  private Trie(Branch root, int size) {
    this.root = root;
    this.size = size;
  }

  @SuppressWarnings("unchecked") // Nothing in it has a type.
  static <K, V> Trie<K, V> empty() {
    return (Trie<K, V>) EMPTY;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  private static int hash(Object key) {
    int hash = key.hashCode() * 0x9E3779B9;
    return hash ^ (hash >>> 16);
  }

  private static int bit(int hash, int shift) {
    return 1 << ((hash >>> shift) & 31);
  }

  @SuppressWarnings("unchecked") // Values get in by with() only.
  Optional<V> get(K key) {
    int hash = hash(key);
    Node node = root;
    for (int shift = 0; node instanceof Branch branch; shift += BITS) {
      int bit = bit(hash, shift);
      if (!branch.has(bit)) {
        return Optional.empty();
      }
      node = branch.children()[branch.at(bit)];
    }
    Leaf leaf = (Leaf) node;
    int index = leaf.hash() == hash ? leaf.indexOf(key) : -1;
    return index < 0 ? Optional.empty() : Optional.of((V) leaf.values()[index]);
  }

  Trie<K, V> with(K key, V value) {
    int hash = hash(key);
    boolean there = get(key).isPresent();
    Leaf leaf = new Leaf(hash, new Object[] {key}, new Object[] {value});
    return new Trie<>(put(root, leaf, 0), there ? size : size + 1);
  }

  private static Branch put(Branch branch, Leaf leaf, int shift) {
    int bit = bit(leaf.hash(), shift);
    if (!branch.has(bit)) {
      return branch.insert(bit, leaf);
    }
    return branch.replace(
        bit,
        switch (branch.children()[branch.at(bit)]) {
          case Branch child -> put(child, leaf, shift + BITS);
          case Leaf other when other.hash() == leaf.hash() -> put(other, leaf);
          case Leaf other -> put(put(NOTHING, other, shift + BITS), leaf, shift + BITS);
        });
  }

  private static Leaf put(Leaf leaf, Leaf one) {
    int index = leaf.indexOf(one.keys()[0]);
    int at = index < 0 ? leaf.keys().length : index;
    int length = Math.max(leaf.keys().length, at + 1);
    Object[] keys = Arrays.copyOf(leaf.keys(), length);
    Object[] values = Arrays.copyOf(leaf.values(), length);
    keys[at] = one.keys()[0];
    values[at] = one.values()[0];
    return new Leaf(leaf.hash(), keys, values);
  }

  Trie<K, V> without(K key) {
    return get(key).isEmpty() ? this : new Trie<>(take(root, key, hash(key), 0), size - 1);
  }

  private static Branch take(Branch branch, Object key, int hash, int shift) {
    int bit = bit(hash, shift);
    return switch (branch.children()[branch.at(bit)]) {
      case Branch child -> {
        Branch rest = take(child, key, hash, shift + BITS);
        boolean lone = rest.children().length == 1 && rest.children()[0] instanceof Leaf;
        yield branch.replace(bit, lone ? rest.children()[0] : rest);
      }
      case Leaf leaf when leaf.keys().length == 1 -> branch.remove(bit);
      case Leaf leaf -> branch.replace(bit, take(leaf, leaf.indexOf(key)));
    };
  }

  private static Leaf take(Leaf leaf, int index) {
    return new Leaf(leaf.hash(), without(leaf.keys(), index), without(leaf.values(), index));
  }

  private static Object[] without(Object[] array, int index) {
    Object[] copy = new Object[array.length - 1];
    System.arraycopy(array, 0, copy, 0, index);
    System.arraycopy(array, index + 1, copy, index, copy.length - index);
    return copy;
  }

  /** Calls {@code each} with every entry, in an order of its own. */
  void forEach(BiConsumer<K, V> each) {
    forEach(root, each);
  }

  @SuppressWarnings("unchecked") // Entries get in by with() only.
  private static <K, V> void forEach(Node node, BiConsumer<K, V> each) {
    switch (node) {
      case Branch branch -> Arrays.asList(branch.children()).forEach(child -> forEach(child, each));
      case Leaf leaf -> {
        for (int i = 0; i < leaf.keys().length; i++) {
          each.accept((K) leaf.keys()[i], (V) leaf.values()[i]);
        }
      }
    }
  }

  /** Calls {@code each} with every key whose value came, went, or is another one than here. */
  void changes(Trie<K, V> next, Consumer<K> each) {
    changes(root, next.root, 0, each);
  }

  private static <K> void changes(Node before, Node after, int shift, Consumer<K> each) {
    if (before == after) {
      return;
    }
    if (before instanceof Leaf a && after instanceof Leaf b) {
      differing(a, b, each);
      return;
    }
    // A leaf stands for a branch that has only it.
    Branch a = branch(before, shift);
    Branch b = branch(after, shift);
    for (int places = a.bitmap() | b.bitmap(); places != 0; places &= places - 1) {
      int bit = Integer.lowestOneBit(places);
      Node left = a.has(bit) ? a.children()[a.at(bit)] : nothing(b.children()[b.at(bit)]);
      Node right = b.has(bit) ? b.children()[b.at(bit)] : nothing(left);
      changes(left, right, shift + BITS, each);
    }
  }

  /** Nothing, in the form of what it is compared with. */
  private static Node nothing(Node other) {
    return switch (other) {
      case Branch branch -> NOTHING;
      case Leaf leaf -> NO_LEAF;
    };
  }

  private static Branch branch(Node node, int shift) {
    return switch (node) {
      case Branch branch -> branch;
      case Leaf leaf -> new Branch(bit(leaf.hash(), shift), new Node[] {leaf});
    };
  }

  @SuppressWarnings("unchecked") // Keys get in by with() only.
  private static <K> void differing(Leaf a, Leaf b, Consumer<K> each) {
    for (int i = 0; i < a.keys().length; i++) {
      int other = b.indexOf(a.keys()[i]);
      if (other < 0 || b.values()[other] != a.values()[i]) {
        each.accept((K) a.keys()[i]);
      }
    }
    for (Object key : b.keys()) {
      if (a.indexOf(key) < 0) {
        each.accept((K) key);
      }
    }
  }
}
