package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Labels that a Telemetry object asks for, under any name. */
@Timeout(60)
class MetricTagsTest {
  @TempDir Path folder;

  @Test
  void anyNameBecomesOneThatPrometheusTakes() throws Exception {
    String rules =
        PlainWaypoint.port("HTTP1", "")
            + ", \"telemetry\": { \"metricTags\": { \"a-b\": \"'one'\", \"1x\": \"'two'\", \"le\": \"'three'\" } }";
    try (PlainWaypoint waypoint = PlainWaypoint.of(folder, rules, Apps.saying("app"))) {
      waypoint.get("/");
      PlainWaypoint.await(() -> waypoint.metrics().contains("istio_requests_total{"));

      assertThat(waypoint.metrics())
          .contains("a_b=\"one\"", "_1x=\"two\"", "_le=\"three\"")
          .doesNotContain("a-b", ",1x=", ",le=\"three\"");
    }
  }
}
