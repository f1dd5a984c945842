package dev.marrow.waypoint.route;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.mesh.policy.StringMatch;

/**
 * What a header must look like. Several fields of one name are read as one list (RFC 9110 §5.3).
 *
 * @param inverted matches where {@code match} does not, also where the header is absent
 */
public record FieldMatch(HeaderName name, TextMatch match, boolean inverted) {
  boolean matches(Headers headers) {
    int index = headers.find(name);
    return (index >= 0 && matchesAt(headers, index)) != inverted;
  }

  private boolean matchesAt(Headers headers, int index) {
    int next = headers.find(name, index + 1);
    if (next < 0 && match instanceof TextMatch.Plain(StringMatch.Exact exact)) {
      return headers.valueIs(index, exact.value());
    }
    StringBuilder joined = new StringBuilder(headers.value(index));
    for (; next >= 0; next = headers.find(name, next + 1)) {
      joined.append(',').append(headers.value(next));
    }
    return match instanceof TextMatch.Plain(StringMatch.Present any)
        || match.matches(joined.toString());
  }
}
