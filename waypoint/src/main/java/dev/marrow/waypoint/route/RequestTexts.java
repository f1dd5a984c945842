package dev.marrow.waypoint.route;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;

/** The parts of a request's target as text. */
public final class RequestTexts {
  private RequestTexts() {}

  /** The path without its query. */
  public static String path(Headers request) {
    String target = target(request);
    int mark = target.indexOf('?');
    return mark < 0 ? target : target.substring(0, mark);
  }

  /** What follows the question mark; empty if there is none. */
  public static String query(Headers request) {
    String target = target(request);
    int mark = target.indexOf('?');
    return mark < 0 ? "" : target.substring(mark + 1);
  }

  /** Path and query. */
  public static String target(Headers request) {
    int path = request.find(HeaderName.PATH);
    return path < 0 ? "" : request.value(path);
  }

  /** The host of the authority, in lower case, without its port. */
  public static String host(Headers request) {
    int index = request.find(HeaderName.AUTHORITY);
    return index < 0 ? "" : withoutPort(request.value(index)).toLowerCase(java.util.Locale.ROOT);
  }

  public static String withoutPort(String authority) {
    int colon = authority.lastIndexOf(':');
    return colon < 0 || colon < authority.lastIndexOf(']')
        ? authority
        : authority.substring(0, colon);
  }
}
