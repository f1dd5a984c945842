package dev.marrow.waypoint.destination;

import java.util.Locale;
import java.util.Set;

/**
 * Which responses are compressed for clients that take them so.
 *
 * @param minBytes of a response that says how long it is
 * @param contentTypes in lower case, without parameters
 */
public record CompressionRules(int minBytes, Set<String> contentTypes) {
  /** The kinds that Envoy compresses if nobody says otherwise. */
  public static final Set<String> USUAL_TYPES =
      Set.of(
          "application/javascript",
          "application/json",
          "application/xhtml+xml",
          "image/svg+xml",
          "text/css",
          "text/html",
          "text/plain",
          "text/xml");

  /** As for a response of one packet: less is not worth it. */
  public static final int USUAL_MIN_BYTES = 1024;

  public CompressionRules {
    contentTypes = Set.copyOf(contentTypes);
  }

  /** Whether a {@code Content-Type} is among them. */
  public boolean covers(String contentType) {
    int end = contentType.indexOf(';');
    String type = end < 0 ? contentType : contentType.substring(0, end);
    return contentTypes.contains(type.strip().toLowerCase(Locale.ROOT));
  }
}
