package dev.marrow.http.hpack;

import dev.marrow.http.HeaderName;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The static table of RFC 7541 Appendix A, indices 1 to 61, with look-ups by hash. */
final class StaticTable {
  static final int SIZE = 61;

  private static final String[] FIELDS = {
    ":authority",
    "",
    ":method",
    "GET",
    ":method",
    "POST",
    ":path",
    "/",
    ":path",
    "/index.html",
    ":scheme",
    "http",
    ":scheme",
    "https",
    ":status",
    "200",
    ":status",
    "204",
    ":status",
    "206",
    ":status",
    "304",
    ":status",
    "400",
    ":status",
    "404",
    ":status",
    "500",
    "accept-charset",
    "",
    "accept-encoding",
    "gzip, deflate",
    "accept-language",
    "",
    "accept-ranges",
    "",
    "accept",
    "",
    "access-control-allow-origin",
    "",
    "age",
    "",
    "allow",
    "",
    "authorization",
    "",
    "cache-control",
    "",
    "content-disposition",
    "",
    "content-encoding",
    "",
    "content-language",
    "",
    "content-length",
    "",
    "content-location",
    "",
    "content-range",
    "",
    "content-type",
    "",
    "cookie",
    "",
    "date",
    "",
    "etag",
    "",
    "expect",
    "",
    "expires",
    "",
    "from",
    "",
    "host",
    "",
    "if-match",
    "",
    "if-modified-since",
    "",
    "if-none-match",
    "",
    "if-range",
    "",
    "if-unmodified-since",
    "",
    "last-modified",
    "",
    "link",
    "",
    "location",
    "",
    "max-forwards",
    "",
    "proxy-authenticate",
    "",
    "proxy-authorization",
    "",
    "range",
    "",
    "referer",
    "",
    "refresh",
    "",
    "retry-after",
    "",
    "server",
    "",
    "set-cookie",
    "",
    "strict-transport-security",
    "",
    "transfer-encoding",
    "",
    "user-agent",
    "",
    "vary",
    "",
    "via",
    "",
    "www-authenticate",
    ""
  };

  private static final int SLOTS = 256;
  private static final byte[][] BYTES = new byte[SIZE + 1][];
  private static final int[] NAME_LENGTH = new int[SIZE + 1];
  private static final int[] NAME_HASH = new int[SIZE + 1];
  private static final int[] VALUE_HASH = new int[SIZE + 1];

  /** First index per name, by linear probing; zero is empty. */
  private static final byte[] BY_NAME = new byte[SLOTS];

  static {
    for (int i = 1; i <= SIZE; i++) {
      String name = FIELDS[2 * i - 2];
      String value = FIELDS[2 * i - 1];
      BYTES[i] = (name + value).getBytes(StandardCharsets.ISO_8859_1);
      NAME_LENGTH[i] = name.length();
      NAME_HASH[i] = HeaderName.hash(BYTES[i], 0, name.length());
      VALUE_HASH[i] = HeaderName.hash(BYTES[i], name.length(), value.length());
      if (!name.equals(i == 1 ? "" : FIELDS[2 * i - 4])) {
        enter(i);
      }
    }
  }

  private StaticTable() {}

  private static void enter(int index) {
    int slot = NAME_HASH[index] & SLOTS - 1;
    while (BY_NAME[slot] != 0) {
      slot = slot + 1 & SLOTS - 1;
    }
    BY_NAME[slot] = (byte) index;
  }

  static byte[] bytes(int index) {
    return BYTES[index];
  }

  static int nameLength(int index) {
    return NAME_LENGTH[index];
  }

  static int valueLength(int index) {
    return BYTES[index].length - NAME_LENGTH[index];
  }

  static int nameHash(int index) {
    return NAME_HASH[index];
  }

  static int valueHash(int index) {
    return VALUE_HASH[index];
  }

  /** The first index with this name, or 0. */
  static int find(byte[] bytes, int nameStart, int nameLength, int nameHash) {
    for (int slot = nameHash & SLOTS - 1; BY_NAME[slot] != 0; slot = slot + 1 & SLOTS - 1) {
      int index = BY_NAME[slot];
      if (NAME_HASH[index] == nameHash
          && Arrays.equals(
              bytes, nameStart, nameStart + nameLength, BYTES[index], 0, NAME_LENGTH[index])) {
        return index;
      }
    }
    return 0;
  }

  /** The index at or behind {@code first} with the same name and this value, or 0. */
  static int findValue(int first, byte[] bytes, int valueStart, int valueLength) {
    int hash = NAME_HASH[first];
    for (int i = first; i <= SIZE && NAME_HASH[i] == hash; i++) {
      int start = NAME_LENGTH[i];
      boolean same =
          BYTES[i].length - start == valueLength
              && Arrays.equals(
                  bytes, valueStart, valueStart + valueLength, BYTES[i], start, BYTES[i].length);
      if (same && valueLength > 0) {
        return i;
      }
    }
    return 0;
  }
}
