package dev.marrow.http.h1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** What HTTP says about single bytes, and searches that take eight of them at a time. */
public final class Octets {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

  /** The lower-case form of each token character; 0 for every other byte. */
  private static final byte[] TOKEN = new byte[256];

  static {
    String others = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz";
    for (int i = 0; i < others.length(); i++) {
      TOKEN[others.charAt(i)] = (byte) others.charAt(i);
    }
    for (int c = 'A'; c <= 'Z'; c++) {
      TOKEN[c] = (byte) (c + 32);
    }
  }

  private Octets() {}

  /** The lower-case form of the token character {@code b}, or 0 if it is none (RFC 9110 §5.6.2). */
  public static byte token(byte b) {
    return TOKEN[b & 0xff];
  }

  public static boolean isToken(String text) {
    if (text.isEmpty()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > 127 || TOKEN[c] == 0) {
        return false;
      }
    }
    return true;
  }

  /** The index of the first {@code wanted} in [from, to), or -1. */
  public static int indexOf(byte[] bytes, int from, int to, byte wanted) {
    long pattern = (wanted & 0xffL) * ONES;
    int i = from;
    for (; i + 8 <= to; i += 8) {
      long x = (long) LONGS.get(bytes, i) ^ pattern;
      long zero = (x - ONES) & ~x & HIGHS;
      if (zero != 0) {
        return i + (Long.numberOfTrailingZeros(zero) >>> 3);
      }
    }
    for (; i < to; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  /** Whether [from, to) is field content (RFC 9110 §5.5): no control character but the tab. */
  public static boolean isFieldContent(byte[] bytes, int from, int to) {
    int i = from;
    for (; i + 8 <= to; i += 8) {
      long x = (long) LONGS.get(bytes, i);
      long below = (x - 0x20 * ONES) & ~x;
      long deleted = x ^ (0x7f * ONES);
      deleted = (deleted - ONES) & ~deleted;
      if (((below | deleted) & HIGHS) != 0 && !slowFieldContent(bytes, i, i + 8)) {
        return false;
      }
    }
    return slowFieldContent(bytes, i, to);
  }

  private static boolean slowFieldContent(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      byte b = bytes[i];
      if (b >= 0 && b < 0x20 && b != '\t' || b == 0x7f) {
        return false;
      }
    }
    return true;
  }

  /** The hash of bytes that are in lower case already. */
  public static int hash(byte[] bytes, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = hash * 31 + bytes[i];
    }
    return hash;
  }

  public static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
  }

  /** Whether [from, from + length) is {@code wanted}, which is in lower case, whatever the case. */
  public static boolean equalsIgnoreCase(byte[] bytes, int from, int length, String wanted) {
    if (length != wanted.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (lower(bytes[from + i]) != wanted.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  public static boolean equals(byte[] bytes, int from, int length, String wanted) {
    if (length != wanted.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (bytes[from + i] != wanted.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  public static String text(byte[] bytes, int from, int length) {
    return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
  }
}
