package dev.marrow.http.hpack;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import java.util.Arrays;

/**
 * Decodes header blocks (RFC 7541) of one connection. Confined to it. The table is kept right even
 * for a list that exceeds the limits, so that other streams can go on.
 */
public final class HpackDecoder {
  private final int maxTableBytes;
  private final DynamicTable table;
  private byte[] scratch = new byte[256];

  // The block being decoded.
  private byte[] block = {};
  private int at;
  private int end;

  // The list being filled, and what is left of its limits.
  private int fieldsLeft;
  private int bytesLeft;

  public HpackDecoder(int maxTableBytes) {
    this.maxTableBytes = maxTableBytes;
    this.table = new DynamicTable(maxTableBytes);
  }

  /** What a block turned out to be. */
  public enum Result {
    COMPLETE,
    /** More bytes than allowed; {@code into} has the first ones. */
    LIST_TOO_LARGE,
    /** More fields than allowed; {@code into} has the first ones. */
    TOO_MANY_FIELDS
  }

  /**
   * Decodes {@code source[from, to)} and appends its fields to {@code into}.
   *
   * @param maxListBytes counted as {@link Headers#listBytes()}
   */
  public Result decode(
      byte[] source, int from, int to, Headers into, int maxListBytes, int maxFields)
      throws HpackException {
    block = source;
    at = from;
    end = to;
    fieldsLeft = maxFields;
    bytesLeft = maxListBytes;
    boolean updatesAllowed = true;
    while (at < end) {
      int first = block[at];
      if ((first & 0xe0) == 0x20) {
        resize(updatesAllowed);
      } else {
        updatesAllowed = false;
        field(first, into);
      }
    }
    block = StaticTable.bytes(1);
    if (bytesLeft < 0) {
      return Result.LIST_TOO_LARGE;
    }
    return fieldsLeft < 0 ? Result.TOO_MANY_FIELDS : Result.COMPLETE;
  }

  private void field(int first, Headers into) throws HpackException {
    if (first < 0) {
      indexed(integer(7), into);
    } else if ((first & 0x40) != 0) {
      literal(integer(6), true, false, into);
    } else {
      literal(integer(4), false, (first & 0x10) != 0, into);
    }
  }

  private void resize(boolean allowed) throws HpackException {
    int capacity = integer(5);
    if (!allowed || capacity > maxTableBytes) {
      throw new HpackException(
          allowed ? "table size update: above the limit" : "table size update: not at the start");
    }
    table.resize(capacity);
  }

  private void indexed(int index, Headers into) throws HpackException {
    if (index >= 1 && index <= StaticTable.SIZE) {
      int nameLength = StaticTable.nameLength(index);
      emit(
          into,
          StaticTable.bytes(index),
          0,
          nameLength,
          StaticTable.valueLength(index),
          StaticTable.nameHash(index),
          StaticTable.valueHash(index),
          false);
      return;
    }
    long number = dynamic(index);
    emit(
        into,
        table.store(),
        table.start(number),
        table.nameLength(number),
        table.valueLength(number),
        table.nameHash(number),
        table.valueHash(number),
        false);
  }

  private void literal(int nameIndex, boolean insert, boolean never, Headers into)
      throws HpackException {
    int nameLength = nameIndex == 0 ? string(0) : copyName(nameIndex);
    int nameHash = HeaderName.hash(scratch, 0, nameLength);
    int valueLength = string(nameLength);
    int valueHash = insert ? HeaderName.hash(scratch, nameLength, valueLength) : 0;
    emit(into, scratch, 0, nameLength, valueLength, nameHash, valueHash, never);
    if (insert) {
      table.insert(scratch, 0, nameLength, valueLength, nameHash, valueHash);
    }
  }

  private int copyName(int index) throws HpackException {
    if (index <= StaticTable.SIZE) {
      int length = StaticTable.nameLength(index);
      room(length);
      System.arraycopy(StaticTable.bytes(index), 0, scratch, 0, length);
      return length;
    }
    long number = dynamic(index);
    int length = table.nameLength(number);
    room(length);
    System.arraycopy(table.store(), table.start(number), scratch, 0, length);
    return length;
  }

  private long dynamic(int index) throws HpackException {
    int back = index - StaticTable.SIZE;
    if (back < 1 || back > table.count()) {
      throw new HpackException("index: " + index + " is not in the table");
    }
    return table.inserted() - back;
  }

  /** Reads a string into the scratch array at {@code offset}; returns its length. */
  private int string(int offset) throws HpackException {
    if (at >= end) {
      throw new HpackException("string: cut off");
    }
    boolean huffman = block[at] < 0;
    int length = integer(7);
    if (length > end - at) {
      throw new HpackException("string: longer than the block");
    }
    int from = at;
    at += length;
    if (huffman) {
      room(offset + length * 8 / 5 + 1);
      return Huffman.decode(block, from, from + length, scratch, offset);
    }
    room(offset + length);
    System.arraycopy(block, from, scratch, offset, length);
    return length;
  }

  /** An integer with a prefix of {@code bits} (§5.1); four more bytes are enough for any use. */
  private int integer(int bits) throws HpackException {
    int mask = (1 << bits) - 1;
    int value = block[at++] & mask;
    if (value < mask) {
      return value;
    }
    for (int shift = 0; shift <= 21; shift += 7) {
      if (at >= end) {
        throw new HpackException("integer: cut off");
      }
      int next = block[at++];
      value += (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new HpackException("integer: too long");
  }

  private void room(int length) {
    if (length > scratch.length) {
      scratch = Arrays.copyOf(scratch, Math.max(length, 2 * scratch.length));
    }
  }

  private void emit(
      Headers into,
      byte[] source,
      int start,
      int nameLength,
      int valueLength,
      int nameHash,
      int valueHash,
      boolean never) {
    if (bytesLeft < 0 || fieldsLeft < 0) {
      return;
    }
    bytesLeft -= nameLength + valueLength + Headers.FIELD_OVERHEAD;
    fieldsLeft--;
    if (bytesLeft >= 0 && fieldsLeft >= 0) {
      into.addRaw(source, start, nameLength, valueLength, nameHash, valueHash, never);
    }
  }
}
