package dev.marrow.ztunnel.admin;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One request, as far as anybody here looks at it.
 *
 * @param accept the Accept header, lower-case; empty if there is none
 * @param gzip whether the client takes gzip
 */
record Query(
    String method, String path, Map<String, String> parameters, String accept, boolean gzip) {

  /** Reads a request's head; empty if it is none. */
  static Optional<Query> parse(String head) {
    String[] lines = head.split("\r?\n", -1);
    String[] words = lines[0].split(" ", -1);
    if (words.length != 3 || !words[2].startsWith("HTTP/1.") || !words[1].startsWith("/")) {
      return Optional.empty();
    }
    int question = words[1].indexOf('?');
    String path = question < 0 ? words[1] : words[1].substring(0, question);
    try {
      return Optional.of(
          new Query(
              words[0],
              path,
              question < 0 ? Map.of() : parameters(words[1].substring(question + 1)),
              header(lines, "accept"),
              header(lines, "accept-encoding").contains("gzip")));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String header(String[] lines, String name) {
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).equalsIgnoreCase(name)) {
        return line.substring(colon + 1).strip().toLowerCase(java.util.Locale.ROOT);
      }
    }
    return "";
  }

  private static Map<String, String> parameters(String text) {
    var found = new LinkedHashMap<String, String>();
    for (String pair : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      found.put(
          URLDecoder.decode(name, StandardCharsets.UTF_8),
          URLDecoder.decode(value, StandardCharsets.UTF_8));
    }
    return found;
  }
}
