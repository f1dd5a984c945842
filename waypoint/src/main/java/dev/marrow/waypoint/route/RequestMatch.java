package dev.marrow.waypoint.route;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import java.util.List;

/**
 * One match of a rule: all of it must hold.
 *
 * @param method exactly; "" for any
 */
public record RequestMatch(
    PathMatch path, String method, List<FieldMatch> fields, List<QueryMatch> query) {
  /** Every request. */
  public static final RequestMatch ANY = new RequestMatch(PathMatch.ANY, "", List.of(), List.of());

  public RequestMatch {
    fields = List.copyOf(fields);
    query = List.copyOf(query);
  }

  /** Whether all but the path holds. */
  boolean restMatches(Headers request) {
    if (!method.isEmpty() && !request.valueIs(request.find(HeaderName.METHOD), method)) {
      return false;
    }
    for (FieldMatch field : fields) {
      if (!field.matches(request)) {
        return false;
      }
    }
    if (query.isEmpty()) {
      return true;
    }
    String text = RequestTexts.query(request);
    for (QueryMatch parameter : query) {
      if (!parameter.matches(text)) {
        return false;
      }
    }
    return true;
  }

  /** Whether all of it holds; for matches that stand outside of a table. */
  public boolean matches(Headers request) {
    return path.matches(RequestTexts.path(request)) && restMatches(request);
  }
}
