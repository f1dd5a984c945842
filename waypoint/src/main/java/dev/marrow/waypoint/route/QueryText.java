package dev.marrow.waypoint.route;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads parameters of a query ({@code a=b&c=d}), percent-decoded, {@code +} being a space. */
public final class QueryText {
  private QueryText() {}

  /** The first parameter of that name. */
  public static Optional<String> parameter(String query, String name) {
    for (int from = 0; from < query.length(); ) {
      int ampersand = query.indexOf('&', from);
      int end = ampersand < 0 ? query.length() : ampersand;
      int equals = query.indexOf('=', from);
      int stop = equals < 0 || equals > end ? end : equals;
      if (decoded(query.substring(from, stop)).equals(name)) {
        return Optional.of(stop == end ? "" : decoded(query.substring(stop + 1, end)));
      }
      from = end + 1;
    }
    return Optional.empty();
  }

  private static String decoded(String text) {
    if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
      return text;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean room = i + 2 < text.length();
      int high = room ? Character.digit(text.charAt(i + 1), 16) : -1;
      int low = room ? Character.digit(text.charAt(i + 2), 16) : -1;
      if (c == '%' && high >= 0 && low >= 0) {
        bytes.write(high << 4 | low);
        i += 2;
      } else {
        bytes.write(c == '+' ? ' ' : c);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
