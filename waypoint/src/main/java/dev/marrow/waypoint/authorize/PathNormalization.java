package dev.marrow.waypoint.authorize;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;

/**
 * Istio's levels of path normalisation. What comes out is what policies and routes see and what is
 * forwarded: all three look at the same path.
 */
public enum PathNormalization {
  NONE(false, false),
  /** RFC 3986 §6.2.2: escapes of plain characters, dot segments; a backslash becomes a slash. */
  BASE(false, false),
  MERGE_SLASHES(true, false),
  /** Also {@code %2F} and {@code %5C}. */
  DECODE_AND_MERGE_SLASHES(true, true);

  private final boolean merge;
  private final boolean decodeSlashes;

  PathNormalization(boolean merge, boolean decodeSlashes) {
    this.merge = merge;
    this.decodeSlashes = decodeSlashes;
  }

  /**
   * The target in its normal form; empty if it has none: a broken escape, an encoded NUL, or dot
   * segments that lead above the root.
   */
  public Optional<String> apply(String target) {
    if (this == NONE || plain(target)) {
      return Optional.of(target);
    }
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    String query = mark < 0 ? "" : target.substring(mark);
    return decoded(path)
        .map(this::slashes)
        .flatMap(PathNormalization::withoutDots)
        .map(p -> p + query);
  }

  /**
   * Whether nothing in the path could change: no escape, backslash, double slash or dot segment.
   */
  private static boolean plain(String target) {
    char before = 0;
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c == '?') {
        return true;
      }
      if (c == '%' || c == '\\' || before == '/' && (c == '/' || c == '.')) {
        return false;
      }
      before = c;
    }
    return true;
  }

  private Optional<String> decoded(String path) {
    StringBuilder text = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '\\') {
        text.append('/');
      } else if (c != '%') {
        text.append(c);
      } else {
        int value = escape(path, i);
        if (value <= 0) {
          return Optional.empty();
        }
        if (unreserved(value) || decodeSlashes && (value == '/' || value == '\\')) {
          text.append(value == '\\' ? '/' : (char) value);
        } else {
          text.append(path.substring(i, i + 3).toUpperCase(Locale.ROOT));
        }
        i += 2;
      }
    }
    return Optional.of(text.toString());
  }

  private static int escape(String path, int at) {
    if (at + 2 >= path.length()) {
      return -1;
    }
    int high = Character.digit(path.charAt(at + 1), 16);
    int low = Character.digit(path.charAt(at + 2), 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  private static boolean unreserved(int c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '-'
        || c == '.'
        || c == '_'
        || c == '~';
  }

  private String slashes(String path) {
    return merge ? path.replaceAll("/{2,}", "/") : path;
  }

  private static Optional<String> withoutDots(String path) {
    if (!path.contains("/.")) {
      return Optional.of(path);
    }
    Deque<String> segments = new ArrayDeque<>();
    String[] parts = path.substring(1).split("/", -1);
    for (int i = 0; i < parts.length; i++) {
      boolean last = i == parts.length - 1;
      if (parts[i].equals("..")) {
        if (segments.pollLast() == null) {
          return Optional.empty();
        }
      } else if (!parts[i].equals(".")) {
        segments.addLast(parts[i]);
        continue;
      }
      if (last) {
        segments.addLast("");
      }
    }
    return Optional.of("/" + String.join("/", segments));
  }
}
