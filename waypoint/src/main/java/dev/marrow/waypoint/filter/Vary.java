package dev.marrow.waypoint.filter;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;

/** What a response depends on (RFC 9110 §12.5.5). */
final class Vary {
  static final HeaderName NAME = HeaderName.of("vary");

  private Vary() {}

  /** Says that it depends on a field of the request, too. */
  static void on(Headers response, String field) {
    if (!lists(response, NAME, field) && !lists(response, NAME, "*")) {
      response.add(NAME, field);
    }
  }

  /** Whether a list in one or several fields has the member {@code word}, whatever its case. */
  static boolean lists(Headers headers, HeaderName name, String word) {
    for (int i = headers.find(name); i >= 0; i = headers.find(name, i + 1)) {
      for (String part : headers.value(i).split(",", -1)) {
        if (part.strip().equalsIgnoreCase(word)) {
          return true;
        }
      }
    }
    return false;
  }
}
