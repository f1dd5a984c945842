package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Token buckets that a waypoint keeps itself. */
@Timeout(60)
class LocalRateLimitTest {
  private static final String FIVE =
      "\"name\": \"shop/five\", \"local\": { \"tokens\": 5, \"fillInterval\": \"3600s\" }";

  @TempDir Path folder;

  private static int passed(PlainWaypoint waypoint, String path, String... headers)
      throws Exception {
    int passed = 0;
    for (int i = 0; i < 8; i++) {
      int status = waypoint.get(path, headers).statusCode();
      assertThat(status).isIn(200, 429);
      passed += status == 200 ? 1 : 0;
    }
    return passed;
  }

  @Test
  void aDestinationsBucketEmptiesAndSaysSo() throws Exception {
    String rules = PlainWaypoint.port("HTTP1", "") + ", \"rateLimits\": [ { " + FIVE + " } ]";
    try (PlainWaypoint waypoint = PlainWaypoint.of(folder, rules, Apps.saying("app"))) {
      assertThat(passed(waypoint, "/")).isEqualTo(5);

      var refused = waypoint.get("/");
      assertThat(refused.body()).isEqualTo("local_rate_limited");
      assertThat(waypoint.metrics()).contains("response_flags=\"RL\"");
    }
  }

  @Test
  void bucketsByHeaderAreApart() throws Exception {
    String rules =
        PlainWaypoint.port(
            "HTTP1", "\"rateLimits\": [ { " + FIVE + ", \"per\": [\"request.header:x-user\"] } ]");
    try (PlainWaypoint waypoint = PlainWaypoint.of(folder, rules, Apps.saying("app"))) {
      assertThat(passed(waypoint, "/", "x-user", "anna")).isEqualTo(5);
      assertThat(passed(waypoint, "/", "x-user", "ben")).isEqualTo(5);
    }
  }

  @Test
  void onlyRequestsThatMatchCount() throws Exception {
    String rules =
        PlainWaypoint.port("HTTP1", "")
            + ", \"rateLimits\": [ { "
            + FIVE
            + ", \"matches\": [ { \"path\": { \"prefix\": \"/dear\" } } ] } ]";
    try (PlainWaypoint waypoint = PlainWaypoint.of(folder, rules, Apps.saying("app"))) {
      assertThat(passed(waypoint, "/cheap")).isEqualTo(8);
      assertThat(passed(waypoint, "/dear/x")).isEqualTo(5);
    }
  }
}
