package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Cross-origin requests as browsers send them (Fetch standard §3.2). */
@Timeout(60)
class CorsTest {
  private static final String[] ALLOWED = {"origin", "https://a.shop.example"};

  @TempDir Path folder;

  private final Apps.Recorder app = new Apps.Recorder("app");

  private PlainWaypoint waypoint(String cors) throws Exception {
    return PlainWaypoint.of(
        folder,
        PlainWaypoint.port("HTTP1", "\"filters\": [ { \"cors\": { " + cors + " } } ]"),
        app);
  }

  private static String field(HttpResponse<String> response, String name) {
    return response.headers().firstValue("access-control-" + name).orElse("none");
  }

  @Test
  void aPreflightIsAnsweredWithoutTheBackend() throws Exception {
    String cors =
        "\"allowOrigins\": [\"https://*.shop.example\"], \"allowMethods\": [\"GET\",\"PUT\"],"
            + " \"allowHeaders\": [\"x-a\"], \"maxAge\": \"600s\"";
    try (PlainWaypoint waypoint = waypoint(cors)) {
      var answer =
          waypoint.send(
              "OPTIONS",
              "/",
              "",
              "origin",
              "https://a.shop.example",
              "access-control-request-method",
              "PUT",
              "access-control-request-headers",
              "x-a");

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(field(answer, "allow-origin")).isEqualTo("https://a.shop.example");
      assertThat(field(answer, "allow-methods")).isEqualTo("GET, PUT");
      assertThat(field(answer, "allow-headers")).isEqualTo("x-a");
      assertThat(field(answer, "max-age")).isEqualTo("600");
      assertThat(answer.headers().firstValue("vary")).contains("origin");
      assertThat(app.seen).isEmpty();
    }
  }

  @Test
  void responsesNameTheOriginAndWhatIsExposed() throws Exception {
    String cors =
        "\"allowOrigins\": [\"https://a.shop.example\"], \"allowCredentials\": true,"
            + " \"exposeHeaders\": [\"x-b\"]";
    try (PlainWaypoint waypoint = waypoint(cors)) {
      var answer = waypoint.get("/", ALLOWED);

      assertThat(answer.body()).isEqualTo("app");
      assertThat(field(answer, "allow-origin")).isEqualTo("https://a.shop.example");
      assertThat(field(answer, "allow-credentials")).isEqualTo("true");
      assertThat(field(answer, "expose-headers")).isEqualTo("x-b");
    }
  }

  @Test
  void whatElseAResponseDependsOnStays() throws Exception {
    String rule =
        "\"filters\": [ { \"cors\": { \"allowOrigins\": [\"https://a.shop.example\"] } } ]";
    try (PlainWaypoint waypoint =
        PlainWaypoint.of(
            folder,
            PlainWaypoint.port("HTTP1", rule),
            exchange -> {
              try (exchange) {
                exchange.getResponseHeaders().add("vary", "accept-language");
                Apps.answer(exchange, 200, "app");
              }
            })) {
      var answer = waypoint.get("/", ALLOWED);

      assertThat(answer.headers().allValues("vary")).contains("accept-language", "origin");
    }
  }

  @Test
  void otherOriginsGetNoPermission() throws Exception {
    try (PlainWaypoint waypoint = waypoint("\"allowOrigins\": [\"https://a.shop.example\"]")) {
      for (String origin :
          new String[] {
            "https://b.shop.example", "http://a.shop.example", "null", "https://a.shop.example.evil"
          }) {
        assertThat(field(waypoint.get("/", "origin", origin), "allow-origin")).isEqualTo("none");
      }
    }
  }

  @Test
  void anybodyMayComeWithoutCredentials() throws Exception {
    try (PlainWaypoint waypoint =
        waypoint("\"allowOrigins\": [\"*\"], \"allowMethods\": [\"*\"]")) {
      assertThat(field(waypoint.get("/", ALLOWED), "allow-origin")).isEqualTo("*");
    }
  }
}
