package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients stay where they began, as long as that place is there. */
@Timeout(60)
class SessionsTest {
  @TempDir Path folder;

  private PlainWaypoint three(String session) throws Exception {
    return new PlainWaypoint(folder)
        .serve("reviews", Apps.saying("a"))
        .serve("reviews", Apps.saying("b"))
        .serve("reviews", Apps.saying("c"))
        .rules("reviews", PlainWaypoint.port("HTTP1", "\"session\": { " + session + " }"))
        .start();
  }

  @Test
  void aCookieKeepsTheClientAtOneEndpoint() throws Exception {
    try (PlainWaypoint waypoint =
        three("\"name\": \"stay\", \"absoluteTimeout\": \"3600s\", \"permanentCookie\": true")) {
      HttpResponse<String> first = waypoint.get("/");
      String cookie = first.headers().firstValue("set-cookie").orElseThrow();

      assertThat(cookie).startsWith("stay=").contains("HttpOnly", "Path=/", "Max-Age=3600");
      String value = cookie.substring(0, cookie.indexOf(';'));
      for (int i = 0; i < 30; i++) {
        HttpResponse<String> next = waypoint.get("/", "cookie", "x=y; " + value);
        assertThat(next.body()).isEqualTo(first.body());
        assertThat(next.headers().firstValue("set-cookie")).isEmpty();
      }
    }
  }

  @Test
  void withoutACookieRequestsSpread() throws Exception {
    try (PlainWaypoint waypoint = three("\"name\": \"stay\"")) {
      Set<String> bodies = new HashSet<>();
      for (int i = 0; i < 60; i++) {
        bodies.add(waypoint.get("/").body());
      }
      assertThat(bodies).containsExactlyInAnyOrder("a", "b", "c");
    }
  }

  @Test
  void aHeaderDoesTheSame() throws Exception {
    try (PlainWaypoint waypoint = three("\"header\": true, \"name\": \"x-stay\"")) {
      HttpResponse<String> first = waypoint.get("/");
      String value = first.headers().firstValue("x-stay").orElseThrow();

      for (int i = 0; i < 30; i++) {
        assertThat(waypoint.get("/", "x-stay", value).body()).isEqualTo(first.body());
      }
    }
  }

  @Test
  void nonsenseAndEndpointsThatAreGoneBeginAnew() throws Exception {
    try (PlainWaypoint waypoint = three("\"name\": \"stay\"")) {
      for (String value : new String[] {"%%%", "AAAA", "bm8tc3VjaC1wb2Q"}) {
        HttpResponse<String> response = waypoint.get("/", "cookie", "stay=" + value);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("set-cookie")).isPresent();
      }
    }
  }

  @Test
  void aSessionStaysWithItsBackendWhateverTheWeights() throws Exception {
    String backend =
        "{ \"weight\": %d, \"backend\": { \"namespace\": \"shop\", \"hostname\": \"%s\", \"port\": 80 } }";
    String backends =
        "\"backends\": [ "
            + backend.formatted(1, "reviews")
            + ", "
            + backend.formatted(9, "canary");
    String rules =
        "\"ports\": [ { \"port\": 80, \"protocol\": \"HTTP1\", \"routed\": true, \"httpRules\": [ { \"route\": \"shop/r\", \"session\": { \"name\": \"stay\" }, "
            + backends
            + " ] } ] } ]";
    try (PlainWaypoint waypoint =
        new PlainWaypoint(folder)
            .serve("reviews", Apps.saying("a"))
            .serve("canary", Apps.saying("b"))
            .rules("reviews", rules)
            .start()) {
      for (String uid : new String[] {"reviews-0", "canary-0"}) {
        String value = encoded("c//Pod/shop/" + uid);
        for (int i = 0; i < 30; i++) {
          HttpResponse<String> response = waypoint.get("/", "cookie", "stay=" + value);
          assertThat(response.body()).isEqualTo(uid.equals("reviews-0") ? "a" : "b");
        }
      }
    }
  }

  private static String encoded(String uid) {
    return Base64.getUrlEncoder().encodeToString(uid.getBytes(StandardCharsets.UTF_8));
  }
}
