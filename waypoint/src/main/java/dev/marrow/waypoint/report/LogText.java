package dev.marrow.waypoint.report;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Log lines as they are put together: bytes, so that nothing is converted afterwards. Confined to
 * whoever made it.
 */
final class LogText {
  private static final long DAY_MILLIS = 86_400_000;

  private byte[] bytes;
  private int length;
  private long second = Long.MIN_VALUE;
  private final byte[] secondText = new byte[19];

  LogText(int capacityBytes) {
    bytes = new byte[capacityBytes];
  }

  int length() {
    return length;
  }

  /** Hands out what is written, and begins anew. */
  byte[] take() {
    byte[] taken = Arrays.copyOf(bytes, length);
    length = 0;
    return taken;
  }

  LogText raw(char c) {
    room(1);
    bytes[length++] = (byte) c;
    return this;
  }

  /** Text of ours: ASCII, nothing to escape. */
  @SuppressWarnings("deprecation") // The only way to copy Latin-1 without an array in between.
  LogText raw(String text) {
    int count = text.length();
    room(count);
    text.getBytes(0, count, bytes, length);
    length += count;
    return this;
  }

  LogText number(long value) {
    if (value < 0) {
      raw('-');
      return value == Long.MIN_VALUE ? raw("9223372036854775808") : number(-value);
    }
    int digits = 1;
    for (long rest = value; rest >= 10; rest /= 10) {
      digits++;
    }
    return digits(value, digits);
  }

  /**
   * A peer's text, between quotes: it must end neither the line nor the quotes. What is not
   * printable ASCII is written as {@code \u00e9}, so that a line is text and JSON in any encoding.
   */
  LogText quoted(String text) {
    return plain(text) ? raw(text) : escaped(text);
  }

  /** Nearly always: nothing to escape, for neither kind of text. */
  private static boolean plain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= 0x20 && c != ' ' || c >= 0x7f || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  private LogText escaped(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        raw('\\').raw(c);
      } else if (c < 0x20 || c >= 0x7f) {
        raw("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
          raw(Character.forDigit(c >> shift & 15, 16));
        }
      } else {
        raw(c);
      }
    }
    return this;
  }

  /** A text without quotes around: blanks and quotes become underscores. */
  LogText word(String text) {
    if (plain(text) && text.indexOf(' ') < 0) {
      return raw(text);
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      raw(c <= 0x20 || c == '"' || c >= 0x7f ? '_' : c);
    }
    return this;
  }

  /** {@code 2026-11-23T06:33:36.184Z}; the part up to the second is kept for the next line. */
  LogText time(long epochMillis) {
    long now = Math.floorDiv(epochMillis, 1000);
    if (now != second) {
      second = now;
      byte[] text =
          java.time.Instant.ofEpochSecond(now).toString().getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(text, 0, secondText, 0, secondText.length);
    }
    room(24);
    System.arraycopy(secondText, 0, bytes, length, secondText.length);
    length += secondText.length;
    return raw('.').digits(Math.floorMod(epochMillis, DAY_MILLIS) % 1000, 3).raw('Z');
  }

  private LogText digits(long value, int count) {
    room(count);
    long rest = value;
    for (int at = length + count - 1; at >= length; at--) {
      bytes[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += count;
    return this;
  }

  private void room(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }
}
