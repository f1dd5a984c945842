package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real clients and servers at both ends of a waypoint, with tunnels on both sides of it. */
@Timeout(60)
class WaypointTest {
  private static final String HTTP1 = "\"ports\": [ { \"port\": 80, \"protocol\": \"HTTP1\" } ]";

  @TempDir Path folder;

  private static void echo(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      exchange.getResponseHeaders().set("x-path", exchange.getRequestURI().toString());
      exchange
          .getResponseHeaders()
          .set("x-seen", String.valueOf(exchange.getRequestHeaders().getFirst("x-added")));
      boolean none = body.length == 0;
      exchange.sendResponseHeaders(200, none ? -1 : body.length);
      if (!none) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  private static HttpResponse<byte[]> send(TestMesh mesh, String method, String path, byte[] body)
      throws Exception {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + mesh.port() + path))
              .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
              .build();
      return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }
  }

  @Test
  void aPolicyLetsGetPassAndRefusesDelete() throws Exception {
    String policy =
        """
        , "policies": [ { "name": "shop/readers", "action": "ALLOW", "rules": [ {
            "from": [ { "principals": [ { "exact": "cluster.local/ns/shop/sa/front" } ] } ],
            "to": [ { "methods": [ { "exact": "GET" } ] } ] } ] } ]
        """
            .replace("\n", " ");
    try (TestMesh mesh = new TestMesh(folder, HTTP1 + policy, WaypointTest::echo)) {
      assertThat(send(mesh, "GET", "/a", new byte[0]).statusCode()).isEqualTo(200);
      assertThat(send(mesh, "DELETE", "/a", new byte[0]).statusCode()).isEqualTo(403);

      assertThat(mesh.waypoint().metrics().text())
          .contains(
              "reporter=\"waypoint\"",
              "response_code=\"403\"",
              "source_principal=\"" + TestMesh.CLIENT);
    }
  }

  @Test
  void anEndpointInAnotherNetworkIsReachedThroughItsGateway() throws Exception {
    try (TestMesh mesh = TestMesh.withBackendAway(folder, HTTP1, WaypointTest::echo)) {
      byte[] body = new byte[100_000];

      HttpResponse<byte[]> response = send(mesh, "POST", "/far", body);

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().firstValue("x-path")).contains("/far");
      assertThat(response.body()).hasSameSizeAs(body);
    }
  }

  @Test
  void aPeerThatSpeaksNoTlsIsCountedAndLoggedUnderItsReason() throws Exception {
    try (TestMesh mesh = new TestMesh(folder, HTTP1, WaypointTest::echo);
        Socket socket = new Socket("127.0.0.1", mesh.waypoint().ports().getFirst())) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().readAllBytes();

      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      String counted = "marrow_waypoint_malformed_total{reason=\"handshake_NOT_TLS\"} 1";
      while (!mesh.waypoint().metrics().text().contains(counted)) {
        assertThat(System.nanoTime()).as(mesh.waypoint().metrics().text()).isLessThan(end);
        Thread.onSpinWait();
      }
      while (!mesh.log().contains("handshake_NOT_TLS")) {
        assertThat(System.nanoTime()).as(mesh.log()).isLessThan(end);
        Thread.onSpinWait();
      }
      assertThat(mesh.log()).contains("127.0.0.1:" + socket.getLocalPort());
    }
  }

  @Test
  void largeBodiesPassBothWaysUnchanged() throws Exception {
    byte[] body = new byte[8 << 20];
    new Random(1).nextBytes(body);
    try (TestMesh mesh = new TestMesh(folder, HTTP1, WaypointTest::echo)) {
      HttpResponse<byte[]> response = send(mesh, "POST", "/big", body);

      assertThat(Arrays.equals(response.body(), body)).isTrue();
    }
  }

  @Test
  void rulesMatchRewriteAndRedirect() throws Exception {
    String rules =
        """
        "ports": [ { "port": 80, "protocol": "HTTP1", "routed": true, "httpRules": [
          { "route": "shop/r", "matches": [ { "path": { "prefix": "/old" } } ],
            "filters": [ { "rewrite": { "path": { "prefix": "/new" } } },
                         { "requestHeaders": { "set": [ { "name": "x-added", "value": "yes" } ] } } ],
            "backends": [ { "weight": 1, "backend": { "namespace": "shop", "hostname": "reviews", "port": 80 } } ] },
          { "route": "shop/away", "matches": [ { "path": { "exact": "/away" } } ],
            "filters": [ { "redirect": { "hostname": "other.example", "status": 301 } } ] } ] } ]
        """
            .replace("\n", " ");
    try (TestMesh mesh = new TestMesh(folder, rules, WaypointTest::echo)) {
      HttpResponse<byte[]> rewritten = send(mesh, "GET", "/old/x?y=1", new byte[0]);
      HttpResponse<byte[]> redirected = send(mesh, "GET", "/away", new byte[0]);

      assertThat(rewritten.headers().firstValue("x-path")).contains("/new/x?y=1");
      assertThat(rewritten.headers().firstValue("x-seen")).contains("yes");
      assertThat(redirected.statusCode()).isEqualTo(301);
      assertThat(redirected.headers().firstValue("location")).contains("http://other.example/away");
      assertThat(send(mesh, "GET", "/else", new byte[0]).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void statusesThatTheRuleNamesAreTriedAgain() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (TestMesh mesh =
        new TestMesh(
            folder,
            rule("\"retry\": { \"attempts\": 2, \"codes\": [ 503 ] }"),
            exchange -> {
              try (exchange) {
                exchange.getRequestBody().readAllBytes();
                exchange.sendResponseHeaders(calls.incrementAndGet() < 3 ? 503 : 200, -1);
              }
            })) {
      assertThat(send(mesh, "POST", "/", new byte[1000]).statusCode()).isEqualTo(200);
      assertThat(calls).hasValue(3);
    }
  }

  @Test
  void aSlowBackendGets504() throws Exception {
    var ended = new CompletableFuture<Void>();
    try (TestMesh mesh =
        new TestMesh(
            folder, rule("\"timeouts\": { \"request\": \"0.200s\" }"), exchange -> ended.join())) {
      HttpResponse<byte[]> response = send(mesh, "GET", "/", new byte[0]);

      assertThat(response.statusCode()).isEqualTo(504);
      assertThat(new String(response.body(), StandardCharsets.UTF_8))
          .isEqualTo("upstream request timeout");
      ended.complete(null);
    }
  }

  private static String rule(String extra) {
    return """
    "ports": [ { "port": 80, "protocol": "HTTP1", "routed": true, "httpRules": [
      { "route": "shop/r", %s,
        "backends": [ { "weight": 1, "backend": { "namespace": "shop", "hostname": "reviews", "port": 80 } } ] } ] } ]
    """
        .formatted(extra)
        .replace("\n", " ");
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrderAndSmugglingIsRefused() throws Exception {
    try (TestMesh mesh = new TestMesh(folder, HTTP1, WaypointTest::echo);
        Socket socket = new Socket("127.0.0.1", mesh.port())) {
      OutputStream out = socket.getOutputStream();
      String get = "GET /%s HTTP/1.1\r\nHost: h\r\n\r\n";
      String smuggled =
          "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
      String wire = get.formatted("1") + get.formatted("2") + smuggled + get.formatted("3");
      out.write(wire.getBytes(StandardCharsets.US_ASCII));
      String answer = readAll(socket.getInputStream());

      assertThat(answer.indexOf("x-path: /1"))
          .isPositive()
          .isLessThan(answer.indexOf("x-path: /2"));
      assertThat(answer).contains("HTTP/1.1 400 ").doesNotContain("x-path: /3");
    }
  }

  @Test
  void aClientThatDoesNotReadHoldsTheBackendBackAndItsLeavingIsTold() throws Exception {
    AtomicLong written = new AtomicLong();
    CountDownLatch told = new CountDownLatch(1);
    try (TestMesh mesh = new TestMesh(folder, HTTP1, exchange -> endless(exchange, written, told));
        Socket socket = new Socket("127.0.0.1", mesh.port())) {
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().read()).isEqualTo('H');
      long before = -1;
      while (before != written.get()) {
        before = written.get();
        told.await(500, TimeUnit.MILLISECONDS);
      }

      assertThat(before).isLessThan(64L << 20);
      socket.close();
      assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static void endless(HttpExchange exchange, AtomicLong written, CountDownLatch told) {
    byte[] chunk = new byte[64 << 10];
    try (exchange) {
      exchange.sendResponseHeaders(200, 0);
      while (true) {
        exchange.getResponseBody().write(chunk);
        written.addAndGet(chunk.length);
      }
    } catch (IOException e) {
      told.countDown();
    }
  }

  private static String readAll(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
  }
}
