package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpHandler;
import dev.marrow.http.Headers;
import dev.marrow.waypoint.destination.CompressionRules;
import dev.marrow.waypoint.filter.Encodings;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses that are compressed for those who take them so. */
@Timeout(60)
class CompressionTest {
  private static final String TEXT = "All work and no play makes Jack a dull boy. ".repeat(2000);

  @TempDir Path folder;

  /** Sends {@code TEXT} with these response headers: name, value, name, value. */
  private static HttpHandler app(int status, String... headers) {
    return exchange -> {
      try (exchange) {
        for (int i = 0; i < headers.length; i += 2) {
          exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
        }
        Apps.answer(exchange, status, TEXT);
      }
    };
  }

  private PlainWaypoint waypoint(String compression, HttpHandler app) throws Exception {
    String rules = PlainWaypoint.port("HTTP1", "") + ", \"compression\": { " + compression + " }";
    return PlainWaypoint.of(folder, rules, app);
  }

  private static HttpResponse<byte[]> get(PlainWaypoint waypoint, String accepted)
      throws Exception {
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      HttpRequest.Builder request = HttpRequest.newBuilder(waypoint.uri("/"));
      if (!accepted.isEmpty()) {
        request.header("accept-encoding", accepted);
      }
      return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }
  }

  private static String unpacked(byte[] packed) throws Exception {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String header(HttpResponse<byte[]> response, String name) {
    return String.join(", ", response.headers().allValues(name));
  }

  @Test
  void whatIsAcceptedIsCompressedWhole() throws Exception {
    HttpHandler app = app(200, "Content-Type", "text/plain; charset=utf-8", "ETag", "\"1\"");
    try (PlainWaypoint waypoint = waypoint("", app)) {
      HttpResponse<byte[]> response = get(waypoint, "br, gzip;q=0.5");

      assertThat(header(response, "content-encoding")).isEqualTo("gzip");
      assertThat(header(response, "vary")).isEqualTo("Accept-Encoding");
      assertThat(header(response, "etag")).isEqualTo("W/\"1\"");
      assertThat(header(response, "content-length")).isEmpty();
      assertThat(response.body()).hasSizeLessThan(TEXT.length() / 10);
      assertThat(unpacked(response.body())).isEqualTo(TEXT);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "-5000", "5000, 5000"})
  void whatSaysNoLengthInItsLengthIsLeftAsItIs(String length) {
    var rules = new CompressionRules(1024, CompressionRules.USUAL_TYPES);
    Headers response =
        new Headers().add("content-type", "text/plain").add("content-length", length);

    assertThat(Encodings.compressible(rules, response, 200)).isFalse();
  }

  /** The endpoint's connection is kept, and would rest once what it may send is used up. */
  @Test
  void theEndpointGetsCreditForAllThatItSent() throws Exception {
    try (PlainWaypoint waypoint = waypoint("", app(200, "Content-Type", "text/plain"));
        HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(waypoint.uri("/")).header("accept-encoding", "gzip").build();
      for (int i = 0; i < 40; i++) {
        byte[] packed = http.send(request, HttpResponse.BodyHandlers.ofByteArray()).body();

        assertThat(unpacked(packed)).hasSize(TEXT.length());
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''             | Content-Type: text/plain                     | true",
        "deflate        | Content-Type: text/plain                     | true",
        "gzip;q=0       | Content-Type: text/plain                     | true",
        "gzip;q=x       | Content-Type: text/plain                     | true",
        "*;q=0          | Content-Type: text/plain                     | true",
        "gzip           | Content-Type: image/png                      | false",
        "gzip           | X: y                                         | false",
        "gzip           | Content-Type: text/plain, Content-Encoding: br | false",
        "gzip           | Content-Type: text/plain, Cache-Control: no-transform | false",
        "gzip           | Content-Type: text/plain, Content-Digest: sha-256=:x: | false",
      })
  void whatMustStayAsItIsStays(String accepted, String headers, boolean varies) throws Exception {
    String[] fields = headers.split(", |: ", -1);
    try (PlainWaypoint waypoint = waypoint("", app(200, fields))) {
      HttpResponse<byte[]> response = get(waypoint, accepted);

      assertThat(new String(response.body(), StandardCharsets.UTF_8)).isEqualTo(TEXT);
      assertThat(header(response, "content-encoding")).isIn("", "br");
      assertThat(header(response, "vary")).isEqualTo(varies ? "Accept-Encoding" : "");
    }
  }

  @Test
  void partsAndShortResponsesStayAsTheyAre() throws Exception {
    try (PlainWaypoint waypoint = waypoint("", app(206, "Content-Type", "text/plain"))) {
      assertThat(header(get(waypoint, "gzip"), "content-encoding")).isEmpty();
    }
    try (PlainWaypoint waypoint =
        waypoint("\"minBytes\": 1000000", app(200, "Content-Type", "text/plain"))) {
      assertThat(header(get(waypoint, "gzip"), "content-encoding")).isEmpty();
    }
  }

  @Test
  void otherTypesMayBeNamedAndAnAsteriskIsEnough() throws Exception {
    HttpHandler app = app(200, "Content-Type", "Application/X", "Vary", "Origin");
    try (PlainWaypoint waypoint = waypoint("\"contentTypes\": [ \"application/x\" ]", app)) {
      HttpResponse<byte[]> response = get(waypoint, "*");

      assertThat(header(response, "vary")).isEqualTo("Origin, Accept-Encoding");
      assertThat(unpacked(response.body())).isEqualTo(TEXT);
    }
  }

  @Test
  void whatComesBitByBitGoesOnBitByBit() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    HttpHandler app =
        exchange -> {
          try (exchange) {
            exchange.getResponseHeaders().add("content-type", "text/plain");
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("first\n".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            seen.await();
            exchange.getResponseBody().write("last\n".getBytes(StandardCharsets.UTF_8));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    try (PlainWaypoint waypoint = waypoint("", app);
        HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(waypoint.uri("/")).header("accept-encoding", "gzip").build();
      InputStream packed = http.send(request, HttpResponse.BodyHandlers.ofInputStream()).body();
      try (InputStream in = new GZIPInputStream(packed)) {
        assertThat(in.readNBytes(6)).isEqualTo("first\n".getBytes(StandardCharsets.UTF_8));
        seen.countDown();
        assertThat(in.readAllBytes()).isEqualTo("last\n".getBytes(StandardCharsets.UTF_8));
      }
    }
  }
}
