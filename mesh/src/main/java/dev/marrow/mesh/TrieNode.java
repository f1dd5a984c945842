package dev.marrow.mesh;

import java.util.Arrays;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A node of a {@link PersistentMap}: entries for hashes that are alone on their branch, children
 * for the others (a compressed hash-array mapped prefix trie). Entries stand at the front of {@code
 * slots} as key and value, children at its end in reverse order. Below the last bits of the hash,
 * entries that collide are simply listed.
 *
 * <p>Immutable but for the editor that made it: {@code owner} is that editor's token, and no other
 * thread sees the node before the editor is done.
 */
final class TrieNode {
  static final TrieNode EMPTY = new TrieNode(new Object(), 0, 0, new Object[0]);

  private static final int BITS = 5;
  private static final int MASK = (1 << BITS) - 1;
  private static final int LAST_SHIFT = 30;

  private final Object owner;
  private int entries;
  private int children;
  private Object[] slots;

  private TrieNode(Object owner, int entries, int children, Object[] slots) {
    this.owner = owner;
    this.entries = entries;
    this.children = children;
    this.slots = slots;
  }

  static int hash(Object key) {
    int h = key.hashCode() * 0x9E3779B9;
    return h ^ (h >>> 16);
  }

  @Nullable Object find(Object key, int hash) {
    TrieNode node = this;
    for (int shift = 0; shift <= LAST_SHIFT; shift += BITS) {
      int bit = bit(hash, shift);
      if ((node.entries & bit) != 0) {
        int at = node.entryAt(bit);
        return node.slots[at].equals(key) ? node.slots[at + 1] : null;
      }
      if ((node.children & bit) == 0) {
        return null;
      }
      node = node.child(bit);
    }
    int at = node.listed(key);
    return at < 0 ? null : node.slots[at + 1];
  }

  void forEach(BiConsumer<Object, Object> visitor) {
    int end = slots.length - Integer.bitCount(children);
    for (int i = 0; i < end; i += 2) {
      visitor.accept(slots[i], slots[i + 1]);
    }
    for (int i = end; i < slots.length; i++) {
      ((TrieNode) slots[i]).forEach(visitor);
    }
  }

  TrieNode put(Object editor, Object key, Object value, int hash, int shift) {
    if (shift > LAST_SHIFT) {
      int at = listed(key);
      return at < 0
          ? with(editor, entries, children, inserted(0, key, value))
          : set(editor, at + 1, value);
    }
    int bit = bit(hash, shift);
    if ((children & bit) != 0) {
      int at = childAt(bit);
      TrieNode child = (TrieNode) slots[at];
      TrieNode next = child.put(editor, key, value, hash, shift + BITS);
      return next == child ? this : set(editor, at, next);
    }
    if ((entries & bit) == 0) {
      return with(editor, entries | bit, children, inserted(entryAt(bit), key, value));
    }
    int at = entryAt(bit);
    if (slots[at].equals(key)) {
      return slots[at + 1] == value ? this : set(editor, at + 1, value);
    }
    TrieNode child =
        new TrieNode(editor, 0, 0, new Object[0])
            .put(editor, slots[at], slots[at + 1], hash(slots[at]), shift + BITS)
            .put(editor, key, value, hash, shift + BITS);
    return pushedDown(editor, bit, at, child);
  }

  /** This node without {@code key}, which it must hold. */
  TrieNode remove(Object editor, Object key, int hash, int shift) {
    if (shift > LAST_SHIFT) {
      return with(editor, entries, children, deleted(listed(key)));
    }
    int bit = bit(hash, shift);
    if ((entries & bit) != 0) {
      return with(editor, entries & ~bit, children, deleted(entryAt(bit)));
    }
    int at = childAt(bit);
    TrieNode next = ((TrieNode) slots[at]).remove(editor, key, hash, shift + BITS);
    // A child of one entry is pulled up, so that a map's shape depends on its contents alone.
    return next.children == 0 && next.slots.length == 2
        ? pulledUp(editor, bit, at, next)
        : set(editor, at, next);
  }

  private TrieNode pushedDown(Object editor, int bit, int at, TrieNode child) {
    Object[] next = new Object[slots.length - 1];
    int childAt = slots.length - 1 - Integer.bitCount(children & (bit - 1)) - 1;
    System.arraycopy(slots, 0, next, 0, at);
    System.arraycopy(slots, at + 2, next, at, childAt - at);
    next[childAt] = child;
    System.arraycopy(slots, childAt + 2, next, childAt + 1, slots.length - childAt - 2);
    return with(editor, entries & ~bit, children | bit, next);
  }

  private TrieNode pulledUp(Object editor, int bit, int at, TrieNode child) {
    Object[] next = new Object[slots.length + 1];
    int entryAt = entryAt(bit);
    System.arraycopy(slots, 0, next, 0, entryAt);
    next[entryAt] = child.slots[0];
    next[entryAt + 1] = child.slots[1];
    System.arraycopy(slots, entryAt, next, entryAt + 2, at - entryAt);
    System.arraycopy(slots, at + 1, next, at + 2, slots.length - at - 1);
    return with(editor, entries | bit, children & ~bit, next);
  }

  private TrieNode with(Object editor, int nextEntries, int nextChildren, Object[] nextSlots) {
    if (owner != editor) {
      return new TrieNode(editor, nextEntries, nextChildren, nextSlots);
    }
    entries = nextEntries;
    children = nextChildren;
    slots = nextSlots;
    return this;
  }

  private TrieNode set(Object editor, int at, Object value) {
    if (owner == editor) {
      slots[at] = value;
      return this;
    }
    Object[] next = slots.clone();
    next[at] = value;
    return new TrieNode(editor, entries, children, next);
  }

  private Object[] inserted(int at, Object key, Object value) {
    Object[] next = new Object[slots.length + 2];
    System.arraycopy(slots, 0, next, 0, at);
    next[at] = key;
    next[at + 1] = value;
    System.arraycopy(slots, at, next, at + 2, slots.length - at);
    return next;
  }

  private Object[] deleted(int at) {
    Object[] next = Arrays.copyOf(slots, slots.length - 2);
    System.arraycopy(slots, at + 2, next, at, slots.length - at - 2);
    return next;
  }

  private int listed(Object key) {
    for (int i = 0; i < slots.length; i += 2) {
      if (slots[i].equals(key)) {
        return i;
      }
    }
    return -1;
  }

  private TrieNode child(int bit) {
    return (TrieNode) slots[childAt(bit)];
  }

  private int entryAt(int bit) {
    return 2 * Integer.bitCount(entries & (bit - 1));
  }

  private int childAt(int bit) {
    return slots.length - 1 - Integer.bitCount(children & (bit - 1));
  }

  private static int bit(int hash, int shift) {
    return 1 << ((hash >>> shift) & MASK);
  }
}
