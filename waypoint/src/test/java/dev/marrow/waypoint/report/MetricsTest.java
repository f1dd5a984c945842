package dev.marrow.waypoint.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private final Metrics metrics = new Metrics();

  private static ConnectionReport by(String principal) {
    return new ConnectionReport(
        Instant.EPOCH, true, 1, "-", 1, 1, "-", "-", principal, "unknown", null, null);
  }

  private long lines(String start) {
    return metrics.text().lines().filter(line -> line.startsWith(start)).count();
  }

  @Test
  void seriesOfConnectionsHaveABound() {
    for (int i = 0; i < 10_000; i++) {
      metrics.opened(by("mesh/ns/n/sa/" + i));
      metrics.count(by("mesh/ns/n/sa/" + i));
    }

    assertThat(lines("istio_tcp_")).isLessThanOrEqualTo(20_000);
    assertThat(lines("marrow_waypoint_metrics_dropped_total")).isEqualTo(1);
  }
}
