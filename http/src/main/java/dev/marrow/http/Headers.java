package dev.marrow.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * A list of header fields in one byte array: names in lower case, pseudo-headers first, order and
 * duplicates kept, no object per field. Names and values are bytes; as text they are ISO-8859-1.
 * Not thread-safe. A list handed to a callback is reused after it: keep {@link #copy()}.
 */
public final class Headers {
  /** What RFC 9113 §6.5.2 adds per field to its size. */
  public static final int FIELD_OVERHEAD = 32;

  private static final int INTS = 5;
  private static final int NAME_START = 0;
  private static final int VALUE_START = 1;
  private static final int END = 2;
  private static final int NAME_HASH = 3;
  private static final int VALUE_HASH = 4;

  private byte[] bytes;
  private int[] index;
  private boolean[] sensitive;
  private int size;
  private int used;

  public Headers() {
    this(16, 512);
  }

  public Headers(int fields, int capacityBytes) {
    bytes = new byte[capacityBytes];
    index = new int[fields * INTS];
    sensitive = new boolean[fields];
  }

  /** Number of fields. */
  public int size() {
    return size;
  }

  /**
   * Sum of names, values and {@link #FIELD_OVERHEAD} each, as SETTINGS_MAX_HEADER_LIST_SIZE counts.
   */
  public int listBytes() {
    int sum = 0;
    for (int i = 0; i < size; i++) {
      sum += nameLength(i) + valueLength(i) + FIELD_OVERHEAD;
    }
    return sum;
  }

  public Headers add(HeaderName name, String value) {
    int start = reserve(name.length() + value.length());
    System.arraycopy(name.bytes(), 0, bytes, start, name.length());
    put(value, start + name.length());
    field(start, name.length(), value.length(), name.hash(), 0, false);
    return this;
  }

  /** A field whose value must never enter a compression table (RFC 7541 §7.1.3). */
  public Headers addSensitive(HeaderName name, String value) {
    add(name, value);
    sensitive[size - 1] = true;
    return this;
  }

  /** A field by its name as text; upper-case letters are folded. */
  public Headers add(String name, String value) {
    return add(HeaderName.of(name), value);
  }

  public Headers add(HeaderName name, byte[] value) {
    return add(name, value, 0, value.length);
  }

  public Headers add(HeaderName name, byte[] source, int valueStart, int valueLength) {
    int start = reserve(name.length() + valueLength);
    System.arraycopy(name.bytes(), 0, bytes, start, name.length());
    System.arraycopy(source, valueStart, bytes, start + name.length(), valueLength);
    field(start, name.length(), valueLength, name.hash(), 0, false);
    return this;
  }

  /** A field from bytes; the name must be in lower case already. */
  public Headers add(
      byte[] source, int nameStart, int nameLength, int valueStart, int valueLength) {
    int start = reserve(nameLength + valueLength);
    System.arraycopy(source, nameStart, bytes, start, nameLength);
    System.arraycopy(source, valueStart, bytes, start + nameLength, valueLength);
    int hash = HeaderName.hash(source, nameStart, nameLength);
    field(start, nameLength, valueLength, hash, 0, false);
    return this;
  }

  /** Appends the field at {@code i} of {@code from}. */
  public Headers add(Headers from, int i) {
    int length = from.nameLength(i) + from.valueLength(i);
    int start = reserve(length);
    System.arraycopy(from.bytes, from.nameStart(i), bytes, start, length);
    field(
        start,
        from.nameLength(i),
        from.valueLength(i),
        from.nameHash(i),
        from.index[i * INTS + VALUE_HASH],
        from.sensitive[i]);
    return this;
  }

  /**
   * Appends a field whose name and value lie behind one another in {@code source}, with hashes the
   * caller already has ({@code 0} for a value: not known).
   */
  public void addRaw(
      byte[] source,
      int start,
      int nameLength,
      int valueLength,
      int nameHash,
      int valueHash,
      boolean neverIndexed) {
    int at = reserve(nameLength + valueLength);
    System.arraycopy(source, start, bytes, at, nameLength + valueLength);
    field(at, nameLength, valueLength, nameHash, valueHash, neverIndexed);
  }

  /** Index of the first field called {@code name}, or -1. */
  public int find(HeaderName name) {
    return find(name, 0);
  }

  /** Index of the first field called {@code name} at or behind {@code from}, or -1. */
  public int find(HeaderName name, int from) {
    int hash = name.hash();
    for (int i = from; i < size; i++) {
      if (index[i * INTS + NAME_HASH] == hash && sameName(i, name)) {
        return i;
      }
    }
    return -1;
  }

  public boolean contains(HeaderName name) {
    return find(name, 0) >= 0;
  }

  /** The value of the first field called {@code name}. */
  public Optional<String> first(HeaderName name) {
    int i = find(name, 0);
    return i < 0 ? Optional.empty() : Optional.of(value(i));
  }

  /** Replaces all fields called {@code name} by one at the end. */
  public Headers set(HeaderName name, String value) {
    remove(name);
    return add(name, value);
  }

  /** Removes all fields called {@code name}; tells how many there were. */
  public int remove(HeaderName name) {
    int removed = 0;
    for (int i = find(name); i >= 0; i = find(name, i)) {
      removeAt(i);
      removed++;
    }
    return removed;
  }

  /** Removes the field at {@code i}; those behind it move up. */
  public void removeAt(int i) {
    System.arraycopy(index, (i + 1) * INTS, index, i * INTS, (size - i - 1) * INTS);
    System.arraycopy(sensitive, i + 1, sensitive, i, size - i - 1);
    size--;
  }

  public String name(int i) {
    return new String(bytes, nameStart(i), nameLength(i), StandardCharsets.ISO_8859_1);
  }

  public String value(int i) {
    return new String(bytes, valueStart(i), valueLength(i), StandardCharsets.ISO_8859_1);
  }

  public boolean nameIs(int i, HeaderName name) {
    return index[i * INTS + NAME_HASH] == name.hash() && sameName(i, name);
  }

  private boolean sameName(int i, HeaderName name) {
    int start = nameStart(i);
    return Arrays.equals(bytes, start, start + nameLength(i), name.bytes(), 0, name.length());
  }

  /** Whether the value is exactly {@code text}. */
  public boolean valueIs(int i, String text) {
    int length = valueLength(i);
    if (length != text.length()) {
      return false;
    }
    int start = valueStart(i);
    for (int at = 0; at < length; at++) {
      if ((bytes[start + at] & 0xff) != text.charAt(at)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the field must stay out of compression tables on its way. */
  public boolean sensitive(int i) {
    return sensitive[i];
  }

  /** The bytes that the starts point into; changes with the next {@code add}. Not to be written. */
  public byte[] array() {
    return bytes;
  }

  public int nameStart(int i) {
    return index[i * INTS + NAME_START];
  }

  public int nameLength(int i) {
    return index[i * INTS + VALUE_START] - index[i * INTS + NAME_START];
  }

  public int valueStart(int i) {
    return index[i * INTS + VALUE_START];
  }

  public int valueLength(int i) {
    return index[i * INTS + END] - index[i * INTS + VALUE_START];
  }

  /** {@link HeaderName#hash} of the name. */
  public int nameHash(int i) {
    return index[i * INTS + NAME_HASH];
  }

  /** {@link HeaderName#hash} of the value, computed once. */
  public int valueHash(int i) {
    int hash = index[i * INTS + VALUE_HASH];
    if (hash == 0) {
      hash = HeaderName.hash(bytes, valueStart(i), valueLength(i));
      index[i * INTS + VALUE_HASH] = hash;
    }
    return hash;
  }

  public void clear() {
    size = 0;
    used = 0;
  }

  /** A list of its own with the same fields, just large enough. */
  public Headers copy() {
    return copy(0, 0);
  }

  /** As {@link #copy()}, with room for so much that is going to be added. */
  public Headers copy(int moreFields, int moreBytes) {
    Headers copy = new Headers(Math.max(size + moreFields, 1), used + moreBytes);
    System.arraycopy(bytes, 0, copy.bytes, 0, used);
    System.arraycopy(index, 0, copy.index, 0, size * INTS);
    System.arraycopy(sensitive, 0, copy.sensitive, 0, size);
    copy.size = size;
    copy.used = used;
    return copy;
  }

  private int reserve(int length) {
    if (used + length > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, used + length));
    }
    if (size == sensitive.length) {
      index = Arrays.copyOf(index, index.length * 2);
      sensitive = Arrays.copyOf(sensitive, sensitive.length * 2);
    }
    int start = used;
    used += length;
    return start;
  }

  private void field(
      int start, int nameLength, int valueLength, int nameHash, int valueHash, boolean never) {
    int at = size * INTS;
    index[at + NAME_START] = start;
    index[at + VALUE_START] = start + nameLength;
    index[at + END] = start + nameLength + valueLength;
    index[at + NAME_HASH] = nameHash;
    index[at + VALUE_HASH] = valueHash;
    sensitive[size] = never;
    size++;
  }

  private void put(String value, int at) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      bytes[at + i] = c > 0xff ? (byte) '?' : (byte) c;
    }
  }

  /** One line per field for test output; not for logs, since values may be secret. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < size; i++) {
      text.append(name(i)).append(": ").append(sensitive[i] ? "…" : value(i)).append('\n');
    }
    return text.toString();
  }
}
