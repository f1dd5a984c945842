package dev.marrow.http.hpack;

/**
 * The dynamic table of RFC 7541 §2.3.2 in one byte array: entries are appended, the oldest leave in
 * front, and the array is moved together when its end is reached. Confined to its codec.
 */
final class DynamicTable {
  static final int ENTRY_OVERHEAD = 32;

  private static final int INTS = 5;
  private static final int START = 0;
  private static final int NAME_LENGTH = 1;
  private static final int VALUE_LENGTH = 2;
  private static final int NAME_HASH = 3;
  private static final int VALUE_HASH = 4;

  private int capacity;
  private int size;
  private int count;
  private long inserted;
  private byte[] store = {};
  private int head;
  private int tail;
  private int[] ring = {};

  DynamicTable(int capacity) {
    this.capacity = capacity;
  }

  int capacity() {
    return capacity;
  }

  /** Entries now. */
  int count() {
    return count;
  }

  /** Entries ever inserted: the number of the next one. */
  long inserted() {
    return inserted;
  }

  /** Changes the capacity and evicts what no longer fits (§4.3). */
  void resize(int newCapacity) {
    capacity = newCapacity;
    evictTo(newCapacity);
    if (newCapacity > 0 && ring.length > 0) {
      ensureRing();
    }
  }

  /** Adds an entry; one larger than the table only empties it (§4.4). */
  void insert(byte[] bytes, int start, int nameLength, int valueLength, int nHash, int vHash) {
    int length = nameLength + valueLength;
    int entry = length + ENTRY_OVERHEAD;
    evictTo(capacity - entry);
    if (entry > capacity) {
      return;
    }
    ensureRing();
    int at = makeRoom(length);
    System.arraycopy(bytes, start, store, at, length);
    int slot = slot(inserted);
    ring[slot + START] = at;
    ring[slot + NAME_LENGTH] = nameLength;
    ring[slot + VALUE_LENGTH] = valueLength;
    ring[slot + NAME_HASH] = nHash;
    ring[slot + VALUE_HASH] = vHash;
    inserted++;
    count++;
    size += entry;
  }

  byte[] store() {
    return store;
  }

  int start(long number) {
    return ring[slot(number) + START];
  }

  int nameLength(long number) {
    return ring[slot(number) + NAME_LENGTH];
  }

  int valueLength(long number) {
    return ring[slot(number) + VALUE_LENGTH];
  }

  int nameHash(long number) {
    return ring[slot(number) + NAME_HASH];
  }

  int valueHash(long number) {
    return ring[slot(number) + VALUE_HASH];
  }

  /** Whether the entry with this number is still there. */
  boolean live(long number) {
    return number < inserted && number >= inserted - count;
  }

  private void evictTo(int room) {
    while (count > 0 && size > room) {
      long oldest = inserted - count;
      int length = nameLength(oldest) + valueLength(oldest);
      size -= length + ENTRY_OVERHEAD;
      head = start(oldest) + length;
      count--;
    }
    if (count == 0) {
      head = 0;
      tail = 0;
      size = 0;
    }
  }

  private int makeRoom(int length) {
    if (tail + length > store.length) {
      int live = tail - head;
      byte[] target = store.length < 2 * (live + length) ? grown(live + length) : store;
      System.arraycopy(store, head, target, 0, live);
      for (long number = inserted - count; number < inserted; number++) {
        ring[slot(number) + START] -= head;
      }
      store = target;
      tail = live;
      head = 0;
    }
    int at = tail;
    tail += length;
    return at;
  }

  private byte[] grown(int needed) {
    return new byte[Math.max(512, 4 * needed)];
  }

  /** At most capacity / 32 entries fit; the ring has a power of two of slots. */
  private void ensureRing() {
    int slots = Integer.highestOneBit(Math.max(capacity / ENTRY_OVERHEAD, 1)) << 1;
    if (ring.length >= slots * INTS) {
      return;
    }
    int[] old = ring;
    int oldMask = Math.max(old.length / INTS, 1) - 1;
    ring = new int[slots * INTS];
    for (long number = inserted - count; number < inserted; number++) {
      System.arraycopy(old, (int) (number & oldMask) * INTS, ring, slot(number), INTS);
    }
  }

  private int slot(long number) {
    return (int) (number & ring.length / INTS - 1) * INTS;
  }
}
