package dev.marrow.waypoint.proxy;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Reads the server name out of a ClientHello (RFC 8446 §4.1.2, RFC 6066 §3). Pure. */
final class ClientHello {
  private final byte[] bytes;
  private final int length;
  private int at;

  private ClientHello(byte[] bytes, int length) {
    this.bytes = bytes;
    this.length = length;
  }

  /** Whether {@code bytes} hold the whole first record. */
  static boolean complete(byte[] bytes, int length) {
    return length >= 5 && length >= 5 + ((bytes[3] & 0xff) << 8 | bytes[4] & 0xff);
  }

  /** The name in lower case; empty if there is none, or the record is not a sound ClientHello. */
  static Optional<String> serverName(byte[] bytes, int length) {
    try {
      return new ClientHello(bytes, length).read();
    } catch (IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  private Optional<String> read() {
    at = 5;
    if (number(1) != 1) {
      return Optional.empty();
    }
    skip(3 + 2 + 32);
    skip(number(1));
    skip(number(2));
    skip(number(1));
    int end = Math.min(at + 2 + peek(2), length);
    at += 2;
    while (at + 4 <= end) {
      int type = number(2);
      int size = number(2);
      if (type == 0) {
        return name();
      }
      skip(size);
    }
    return Optional.empty();
  }

  private Optional<String> name() {
    skip(2);
    int type = number(1);
    int size = number(2);
    if (type != 0 || size == 0 || at + size > length) {
      return Optional.empty();
    }
    String name = new String(bytes, at, size, StandardCharsets.US_ASCII);
    return Optional.of(name.toLowerCase(Locale.ROOT));
  }

  private int peek(int size) {
    int before = at;
    int value = number(size);
    at = before;
    return value;
  }

  private int number(int size) {
    int value = 0;
    for (int i = 0; i < size; i++) {
      if (at >= length) {
        throw new IndexOutOfBoundsException(at);
      }
      value = value << 8 | bytes[at++] & 0xff;
    }
    return value;
  }

  private void skip(int size) {
    at += size;
    if (at > length) {
      throw new IndexOutOfBoundsException(at);
    }
  }
}
