package dev.marrow.waypoint.proxy;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.waypoint.destination.Traffic;
import java.util.random.RandomGenerator;

/**
 * What ties one request to an endpoint: its session, or a cookie that is hashed and that we make up
 * where the client has none. Confined to its event loop.
 */
final class Affinity {
  private static final HeaderName SET_COOKIE = HeaderName.of("set-cookie");

  private final String sticky;
  private String made = "";

  /** {@code sticky} is the uid of the workload that a session is bound to; "" for none. */
  Affinity(String sticky) {
    this.sticky = sticky;
  }

  static Affinity none() {
    return new Affinity("");
  }

  String sticky() {
    return sticky;
  }

  /** The value of the cookie that the client will have from now on. */
  String cookie(RandomGenerator random) {
    if (made.isEmpty()) {
      made = "%016x%016x".formatted(random.nextLong(), random.nextLong());
    }
    return made;
  }

  /** Gives the client the cookie that was made up for it. */
  void write(Traffic.HashKey key, Headers response) {
    if (!made.isEmpty() && key instanceof Traffic.HashKey.Cookie cookie) {
      String path = cookie.path().isEmpty() ? "" : "; Path=" + cookie.path();
      response.add(
          SET_COOKIE,
          "%s=\"%s\"; Max-Age=%d%s; HttpOnly"
              .formatted(cookie.name(), made, cookie.ttl().toSeconds(), path));
    }
  }
}
