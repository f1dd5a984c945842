package dev.marrow.waypoint.tap;

import dev.marrow.waypoint.report.RequestReport;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Which requests somebody wants to see, and how many.
 *
 * @param path what the path begins with; "" for any
 * @param method "" for any
 * @param status its first digits; "" for any
 * @param perSecond at most; more are counted only
 * @param requests after so many it ends
 */
public record TapFilter(
    String path, String method, String status, int perSecond, int requests, Duration lasts) {
  private static final Map<String, Integer> MOST =
      Map.of("rate", 1000, "limit", 100_000, "seconds", 3600);

  /** Reads a query such as {@code path=/x&limit=10}; a name or number it does not know is wrong. */
  public static TapFilter parse(String query) {
    Map<String, String> values = new HashMap<>();
    for (String pair : query.isEmpty() ? new String[0] : query.split("&")) {
      int equal = pair.indexOf('=');
      String name = equal < 0 ? pair : pair.substring(0, equal);
      boolean known = MOST.containsKey(name) || name.matches("path|method|status");
      if (!known || equal < 0) {
        throw new IllegalArgumentException(
            "%s: (expected: path, method, status, rate, limit or seconds, with a value)"
                .formatted(name));
      }
      values.put(name, URLDecoder.decode(pair.substring(equal + 1), StandardCharsets.UTF_8));
    }
    return new TapFilter(
        values.getOrDefault("path", ""),
        values.getOrDefault("method", ""),
        values.getOrDefault("status", ""),
        number(values, "rate", 50),
        number(values, "limit", 1000),
        Duration.ofSeconds(number(values, "seconds", 600)));
  }

  private static int number(Map<String, String> values, String name, int otherwise) {
    String text = values.getOrDefault(name, Integer.toString(otherwise));
    int most = MOST.getOrDefault(name, 1);
    if (text.matches("[0-9]{1,6}")) {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= most) {
        return number;
      }
    }
    throw new IllegalArgumentException("%s: '%s' (expected: 1 to %d)".formatted(name, text, most));
  }

  boolean admits(RequestReport report) {
    return report.path().startsWith(path)
        && (method.isEmpty() || method.equals(report.method()))
        && (status.isEmpty() || Integer.toString(report.status()).startsWith(status));
  }
}
