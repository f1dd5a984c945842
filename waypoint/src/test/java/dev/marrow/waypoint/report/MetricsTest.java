package dev.marrow.waypoint.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.waypoint.destination.TelemetryRules;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private final AtomicLong now = new AtomicLong();
  private final Metrics metrics = new Metrics(now::get);

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

  private RequestReport request(String principal, TelemetryRules telemetry) {
    return new RequestReport(
        now.get(),
        0,
        -1,
        "GET",
        "/",
        "HTTP/1.1",
        "web",
        "-",
        "-",
        200,
        -1,
        "via_upstream",
        Set.of(),
        0,
        0,
        "-",
        "-",
        principal,
        "",
        "web",
        "web",
        "shop",
        "DONE",
        false,
        null,
        null,
        telemetry,
        Trace.NONE);
  }

  @Test
  void seriesThatNobodyUsesMakeRoom() {
    for (int i = 0; i < 20_000; i++) {
      metrics.count(request("mesh/ns/n/sa/" + i, TelemetryRules.STANDARD));
    }
    now.addAndGet(Duration.ofMinutes(31).toMillis());
    assertThat(lines("istio_requests_total")).isZero();

    metrics.count(request("mesh/ns/n/sa/new", TelemetryRules.STANDARD));

    assertThat(lines("istio_requests_total")).isEqualTo(1);
    assertThat(lines("marrow_waypoint_metrics_dropped_total")).isZero();
  }

  @Test
  void aCounterDoesNotFallWhenAPartOfItIsUnused() {
    TelemetryRules others =
        new TelemetryRules(
            new TelemetryRules.LogFilter.None(), Map.of(), OptionalDouble.empty(), true, Map.of());
    metrics.count(request("", TelemetryRules.STANDARD));
    now.addAndGet(Duration.ofMinutes(31).toMillis());

    metrics.count(request("", others));

    for (int i = 0; i < 2; i++) {
      assertThat(metrics.text().lines().filter(l -> l.startsWith("istio_requests_total")))
          .singleElement()
          .asString()
          .endsWith("} 2");
    }
  }
}
