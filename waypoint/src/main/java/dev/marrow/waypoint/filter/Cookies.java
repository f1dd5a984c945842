package dev.marrow.waypoint.filter;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import java.util.Optional;

/** Reads cookies (RFC 6265 §4.2.1). Pure. */
public final class Cookies {
  private Cookies() {}

  /** The first cookie of that name. */
  public static Optional<String> value(Headers request, HeaderName header, String name) {
    for (int i = request.find(header); i >= 0; i = request.find(header, i + 1)) {
      for (String pair : request.value(i).split(";", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
          return Optional.of(plain(pair.substring(equals + 1).strip()));
        }
      }
    }
    return Optional.empty();
  }

  private static String plain(String value) {
    boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }
}
