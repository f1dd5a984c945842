package dev.marrow.waypoint.route;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;

/** Requests for tests. */
public final class Requests {
  private Requests() {}

  public static Headers request(String method, String path, String... fields) {
    return to("shop", method, path, fields);
  }

  public static Headers to(String host, String method, String path, String... fields) {
    Headers headers =
        new Headers()
            .add(HeaderName.METHOD, method)
            .add(HeaderName.SCHEME, "http")
            .add(HeaderName.AUTHORITY, host)
            .add(HeaderName.PATH, path);
    for (int i = 0; i < fields.length; i += 2) {
      headers.add(fields[i], fields[i + 1]);
    }
    return headers;
  }
}
