package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpHandler;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The limits of a DestinationRule's connection pool and outlier detection. Two event loops share
 * them.
 */
@Timeout(60)
class PoolLimitsTest {
  @TempDir Path folder;

  private final CountDownLatch go = new CountDownLatch(1);
  private final AtomicInteger working = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  /** Waits until the test says so. */
  private final HttpHandler slow =
      exchange -> {
        most.accumulateAndGet(working.incrementAndGet(), Math::max);
        try (exchange) {
          go.await();
          Apps.answer(exchange, 200, "done");
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        } finally {
          working.decrementAndGet();
        }
      };

  private PlainWaypoint waypoint(String traffic, HttpHandler... apps) throws Exception {
    PlainWaypoint waypoint = new PlainWaypoint(folder).loops(2);
    for (HttpHandler app : apps) {
      waypoint.serve("reviews", app);
    }
    return waypoint
        .rules(
            "reviews",
            PlainWaypoint.port("HTTP1", "\"retry\": { \"attempts\": 0 }")
                + ", \"traffic\": { "
                + traffic
                + " }")
        .start();
  }

  private static List<CompletableFuture<HttpResponse<String>>> burst(
      HttpClient client, URI uri, int count) {
    List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      calls.add(
          client.sendAsync(
              HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString()));
    }
    return calls;
  }

  private static HttpClient http1() {
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  private static long failed(List<CompletableFuture<HttpResponse<String>>> calls) {
    return calls.stream().filter(c -> c.isDone() && c.join().statusCode() == 503).count();
  }

  @Test
  void requestsAboveTheLimitGet503AtOnce() throws Exception {
    try (PlainWaypoint waypoint = waypoint("\"connectionPool\": { \"maxRequests\": 3 }", slow);
        HttpClient client = http1()) {
      var calls = burst(client, waypoint.uri("/"), 8);
      PlainWaypoint.await(() -> failed(calls) == 5);
      go.countDown();

      assertThat(calls).filteredOn(c -> c.join().statusCode() == 200).hasSize(3);
      assertThat(waypoint.metrics()).contains("response_flags=\"UO\"");
      assertThat(waypoint.get("/").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void connectionsAreLimitedAndTheRestWaitsUpToTheLimitOfWaiters() throws Exception {
    String pool = "\"connectionPool\": { \"maxConnections\": 2, \"maxPendingRequests\": 3 }";
    try (PlainWaypoint waypoint = waypoint(pool, slow);
        HttpClient client = http1()) {
      // A request whose connection is still being dialled waits too, so these two go ahead.
      var first = burst(client, waypoint.uri("/"), 2);
      PlainWaypoint.await(() -> working.get() == 2);
      var calls = burst(client, waypoint.uri("/"), 7);
      PlainWaypoint.await(() -> failed(calls) >= 3);
      go.countDown();

      assertThat(first).allSatisfy(c -> assertThat(c.join().statusCode()).isEqualTo(200));
      assertThat(calls).filteredOn(c -> c.join().statusCode() == 200).hasSizeBetween(3, 4);
      // One per event loop is always allowed.
      assertThat(most.get()).isLessThanOrEqualTo(3);
    }
  }

  @Test
  void anEndpointThatFailsIsLeftOutUnlessTooFewWouldBeLeft() throws Exception {
    AtomicInteger failing = new AtomicInteger();
    HttpHandler broken =
        exchange -> {
          try (exchange) {
            failing.incrementAndGet();
            Apps.answer(exchange, 500, "");
          }
        };
    String rule =
        "\"loadBalancer\": { \"algorithm\": \"ROUND_ROBIN\" }, \"outlierDetection\": { \"consecutive5xx\": 2, \"baseEjectionTime\": \"60s\", \"maxEjectionPercent\": 100, \"minHealthPercent\": %d }";
    try (PlainWaypoint waypoint = waypoint(rule.formatted(0), broken, Apps.saying("good"))) {
      sequence(waypoint, 40);
      // On two loops, each of which has to learn it.
      assertThat(failing.get()).isBetween(2, 4);
    }
    failing.set(0);
    try (PlainWaypoint waypoint = waypoint(rule.formatted(60), broken, Apps.saying("good"))) {
      sequence(waypoint, 40);
      assertThat(failing.get()).isGreaterThan(15);
    }
  }

  @Test
  void clientsThatLeaveAreNotTheEndpointsFault() throws Exception {
    HttpHandler[] apps = {sleepy("a"), sleepy("b")};
    String rule =
        "\"loadBalancer\": { \"algorithm\": \"ROUND_ROBIN\" }, \"outlierDetection\": { \"consecutive5xx\": 1, \"baseEjectionTime\": \"60s\" }";
    try (PlainWaypoint waypoint = waypoint(rule, apps)) {
      for (int i = 0; i < 6; i++) {
        try (java.net.Socket leaving = new java.net.Socket("127.0.0.1", waypoint.port("reviews"))) {
          int before = working.get();
          leaving.getOutputStream().write("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n".getBytes());
          PlainWaypoint.await(() -> working.get() > before);
        }
      }
      PlainWaypoint.await(() -> waypoint.log().split(" DC ", -1).length > 6);
      Set<String> answering = ConcurrentHashMap.newKeySet();
      for (int i = 0; i < 20; i++) {
        answering.add(waypoint.get("/").body());
      }
      go.countDown();

      assertThat(answering).containsExactlyInAnyOrder("a", "b");
    }
  }

  private HttpHandler sleepy(String name) {
    return exchange -> {
      if (exchange.getRequestURI().getPath().equals("/slow")) {
        slow.handle(exchange);
      } else {
        Apps.saying(name).handle(exchange);
      }
    };
  }

  private static void sequence(PlainWaypoint waypoint, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      waypoint.get("/");
    }
  }

  @Test
  void hashingKeepsAUserAtOneEndpointAndACookieIsMadeForWhoHasNone() throws Exception {
    String byHeader =
        "\"loadBalancer\": { \"algorithm\": \"MAGLEV\", \"hashKey\": { \"header\": \"x-user\" } }";
    HttpHandler[] apps = {Apps.saying("a"), Apps.saying("b"), Apps.saying("c")};
    try (PlainWaypoint waypoint = waypoint(byHeader, apps)) {
      Set<String> all = ConcurrentHashMap.newKeySet();
      for (int user = 0; user < 30; user++) {
        String first = waypoint.get("/", "x-user", "u" + user).body();
        all.add(first);
        assertThat(waypoint.get("/", "x-user", "u" + user).body()).isEqualTo(first);
      }
      assertThat(all).containsExactlyInAnyOrder("a", "b", "c");
    }
    String byCookie =
        "\"loadBalancer\": { \"algorithm\": \"RING_HASH\", \"hashKey\": { \"cookie\": \"who\", \"cookieTtl\": \"60s\", \"cookiePath\": \"/\" } }";
    try (PlainWaypoint waypoint = waypoint(byCookie, apps)) {
      var first = waypoint.get("/");
      String cookie = first.headers().firstValue("set-cookie").orElseThrow();
      assertThat(cookie).startsWith("who=").contains("Max-Age=60", "Path=/", "HttpOnly");
      for (int i = 0; i < 10; i++) {
        var next = waypoint.get("/", "cookie", cookie.substring(0, cookie.indexOf(';')));
        assertThat(next.body()).isEqualTo(first.body());
        assertThat(next.headers().firstValue("set-cookie")).isEmpty();
      }
    }
  }

  @Test
  void endpointsNearbyArePreferredWhateverTheAlgorithm() throws Exception {
    String near = "\"failoverPriority\": [\"kubernetes.io/hostname\"]";
    try (PlainWaypoint waypoint =
        new PlainWaypoint(folder)
            .serve("reviews", Apps.saying("far"))
            .serve("reviews", Apps.saying("near"))
            .labelled("reviews", 0, "node: other")
            .rules(
                "reviews",
                "\"ports\": [ { \"port\": 80, \"protocol\": \"HTTP1\" } ], \"traffic\": { \"loadBalancer\": { \"algorithm\": \"ROUND_ROBIN\", "
                    + near
                    + " } }")
            .start()) {
      for (int i = 0; i < 10; i++) {
        assertThat(waypoint.get("/").body()).isEqualTo("near");
      }
    }
  }

  @Test
  void whoHasLeftTakesNobodysPlaceAmongThoseWhoWait() throws Exception {
    String pool = "\"connectionPool\": { \"maxConnections\": 1, \"maxPendingRequests\": 1 }";
    PlainWaypoint one = new PlainWaypoint(folder).serve("reviews", slow).loops(1);
    String rules = PlainWaypoint.port("HTTP1", "") + ", \"traffic\": { " + pool + " }";
    try (PlainWaypoint waypoint = one.rules("reviews", rules).start();
        HttpClient client = http1()) {
      var first = burst(client, waypoint.uri("/"), 1);
      PlainWaypoint.await(() -> working.get() == 1);
      leave(waypoint, client);
      var calls = burst(client, waypoint.uri("/"), 2);
      PlainWaypoint.await(() -> failed(calls) >= 1);
      go.countDown();

      assertThat(first.getFirst().join().statusCode()).isEqualTo(200);
      assertThat(calls).filteredOn(c -> c.join().statusCode() == 200).hasSize(1);
    }
  }

  /** Asks for something, and resets the connection when it waits: the next one finds no place. */
  private static void leave(PlainWaypoint waypoint, HttpClient client) throws Exception {
    try (Socket leaving = new Socket(InetAddress.getLoopbackAddress(), waypoint.port("reviews"))) {
      leaving.setSoLinger(true, 0);
      leaving
          .getOutputStream()
          .write("GET /left HTTP/1.1\r\nhost: h\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      var next = burst(client, waypoint.uri("/next"), 1);
      PlainWaypoint.await(() -> failed(next) == 1);
    }
    PlainWaypoint.await(() -> waypoint.log().contains("/left"));
  }
}
