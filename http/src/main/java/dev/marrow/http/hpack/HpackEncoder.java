package dev.marrow.http.hpack;

import dev.marrow.http.Headers;
import java.util.Arrays;

/**
 * Encodes header lists (RFC 7541) of one connection, without Huffman: the bytes saved are not worth
 * their time next to TLS. A field enters the table when it is seen for the second time, so that
 * values used once (paths, traces) push nothing out. Confined to its connection.
 */
public final class HpackEncoder {
  /** More table than this is not worth its memory, whatever the peer offers (CVE-2026-93492). */
  private static final int MAX_TABLE_BYTES = 4096;

  private static final int SLOTS = 256;
  private static final int NONE = 0;

  /** What connections have in common whose table is empty, which is most of them; never written. */
  private static final int[] NO_ENTRIES = new int[SLOTS];

  private final DynamicTable table = new DynamicTable(MAX_TABLE_BYTES);

  /** By hash of name and value: number + 1 of the entry last inserted. */
  private int[] byField = NO_ENTRIES;

  /** By hash of the name: number + 1 of the entry last inserted. */
  private int[] byName = NO_ENTRIES;

  /** By hash of name and value: half of the hash last seen as a literal, enough for a guess. */
  private final short[] seen = new short[SLOTS];

  private byte[] out = new byte[256];
  private int length;
  private int smallestResize = -1;

  /** The encoded block; overwritten by the next {@link #encode}. */
  public byte[] array() {
    return out;
  }

  /** The peer's SETTINGS_HEADER_TABLE_SIZE; announced at the start of the next block (§4.2). */
  public void peerTableBytes(int bytes) {
    int capacity = Math.min(Math.max(bytes, 0), MAX_TABLE_BYTES);
    if (capacity != table.capacity() || smallestResize >= 0) {
      smallestResize = smallestResize < 0 ? capacity : Math.min(smallestResize, capacity);
      table.resize(capacity);
    }
  }

  /** Encodes a list; returns the length of the block in {@link #array()}. */
  public int encode(Headers headers) {
    length = 0;
    announceResize();
    for (int i = 0; i < headers.size(); i++) {
      field(headers, i);
    }
    return length;
  }

  private void announceResize() {
    if (smallestResize < 0) {
      return;
    }
    room(16);
    if (smallestResize < table.capacity()) {
      integer(0x20, 5, smallestResize);
    }
    integer(0x20, 5, table.capacity());
    smallestResize = -1;
  }

  private void field(Headers headers, int i) {
    byte[] bytes = headers.array();
    int nameStart = headers.nameStart(i);
    int nameLength = headers.nameLength(i);
    int valueLength = headers.valueLength(i);
    room(nameLength + valueLength + 16);
    int nameHash = headers.nameHash(i);
    int fixed = StaticTable.find(bytes, nameStart, nameLength, nameHash);
    if (headers.sensitive(i)) {
      int name = fixed != NONE ? fixed : dynamicName(headers, i, nameHash);
      literal(0x10, 4, name, headers, i);
      return;
    }
    if (fixed != NONE) {
      int whole = StaticTable.findValue(fixed, bytes, headers.valueStart(i), valueLength);
      if (whole != NONE) {
        integer(0x80, 7, whole);
        return;
      }
    }
    variable(headers, i, fixed, nameHash);
  }

  private void variable(Headers headers, int i, int fixed, int nameHash) {
    int valueHash = headers.valueHash(i);
    int hash = nameHash * 31 + valueHash;
    int slot = (hash ^ hash >>> 16) & SLOTS - 1;
    int whole = dynamicField(headers, i, slot);
    if (whole != NONE) {
      integer(0x80, 7, whole);
      return;
    }
    int name = fixed != NONE ? fixed : dynamicName(headers, i, nameHash);
    int entry = headers.nameLength(i) + headers.valueLength(i) + DynamicTable.ENTRY_OVERHEAD;
    boolean insert = seen[slot] == (short) hash && entry <= table.capacity() / 4;
    seen[slot] = (short) hash;
    if (!insert) {
      literal(0x00, 4, name, headers, i);
      return;
    }
    literal(0x40, 6, name, headers, i);
    if (byField == NO_ENTRIES) {
      byField = new int[SLOTS];
      byName = new int[SLOTS];
    }
    byField[slot] = (int) table.inserted() + 1;
    byName[nameHash & SLOTS - 1] = (int) table.inserted() + 1;
    table.insert(
        headers.array(),
        headers.nameStart(i),
        headers.nameLength(i),
        headers.valueLength(i),
        nameHash,
        valueHash);
  }

  private int dynamicField(Headers headers, int i, int slot) {
    long number = number(byField[slot]);
    if (!table.live(number)
        || table.nameHash(number) != headers.nameHash(i)
        || table.valueHash(number) != headers.valueHash(i)
        || table.nameLength(number) != headers.nameLength(i)) {
      return NONE;
    }
    int start = headers.nameStart(i);
    int end = start + headers.nameLength(i) + headers.valueLength(i);
    int from = table.start(number);
    int to = from + table.nameLength(number) + table.valueLength(number);
    return Arrays.equals(headers.array(), start, end, table.store(), from, to)
        ? index(number)
        : NONE;
  }

  private int dynamicName(Headers headers, int i, int nameHash) {
    long number = number(byName[nameHash & SLOTS - 1]);
    if (!table.live(number) || table.nameHash(number) != nameHash) {
      return NONE;
    }
    int start = headers.nameStart(i);
    int from = table.start(number);
    boolean same =
        Arrays.equals(
            headers.array(),
            start,
            start + headers.nameLength(i),
            table.store(),
            from,
            from + table.nameLength(number));
    return same ? index(number) : NONE;
  }

  /** The table's numbers are long; the low 32 bits kept here are enough to tell live ones. */
  private long number(int kept) {
    long base = table.inserted() & 0xffff_ffff_0000_0000L;
    return kept == 0 ? -1 : base + (kept - 1 & 0xffff_ffffL);
  }

  private int index(long number) {
    return StaticTable.SIZE + (int) (table.inserted() - number);
  }

  private void literal(int pattern, int bits, int name, Headers headers, int i) {
    integer(pattern, bits, name);
    if (name == NONE) {
      string(headers.array(), headers.nameStart(i), headers.nameLength(i));
    }
    string(headers.array(), headers.valueStart(i), headers.valueLength(i));
  }

  private void string(byte[] bytes, int start, int count) {
    integer(0, 7, count);
    System.arraycopy(bytes, start, out, length, count);
    length += count;
  }

  private void integer(int pattern, int bits, int value) {
    int mask = (1 << bits) - 1;
    if (value < mask) {
      out[length++] = (byte) (pattern | value);
      return;
    }
    out[length++] = (byte) (pattern | mask);
    int rest = value - mask;
    for (; rest > 0x7f; rest >>>= 7) {
      out[length++] = (byte) (rest | 0x80);
    }
    out[length++] = (byte) rest;
  }

  private void room(int more) {
    if (length + more > out.length) {
      out = Arrays.copyOf(out, Math.max(length + more, 2 * out.length));
    }
  }
}
