package dev.marrow.cli.local.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TrafficTest {
  private static final String PAGE =
      """
      # TYPE istio_tcp_connections_opened counter
      istio_tcp_connections_opened_total{reporter="source",source_workload="web",destination_service_name="catalog",connection_security_policy="mutual_tls"} %d
      istio_tcp_connections_opened_total{reporter="destination",source_workload="web",destination_service_name="catalog",connection_security_policy="mutual_tls"} %d
      istio_tcp_sent_bytes_total{reporter="source",source_workload="web",destination_service_name="catalog",connection_security_policy="mutual_tls"} 2048
      istio_tcp_connections_opened_total{reporter="destination",source_workload="unknown",destination_workload="catalog",connection_security_policy="unknown"} 4
      up 1
      """;

  private static Traffic.Reading reading(long nanos, int count) {
    return new Traffic.Reading(nanos, Sample.parse(PAGE.formatted(count, count)));
  }

  @Test
  void ratesAreDifferencesAndEachConnectionCountsOnce() {
    Traffic traffic = Traffic.between(reading(0, 10), reading(2_000_000_000L, 30));

    assertThat(traffic.flows())
        .containsExactly(new Traffic.Flow("web", "catalog", "HBONE", 10, 0, 0));
  }

  @Test
  void callersOutsideTheMeshAreShownAsSuch() {
    Traffic traffic =
        Traffic.between(new Traffic.Reading(0, List.of()), reading(1_000_000_000L, 0));

    assertThat(traffic.flows())
        .contains(new Traffic.Flow("(outside)", "catalog", "plain, in", 4, 0, 0));
  }

  @Test
  void labelsMayHoldQuotesAndCommas() {
    assertThat(Sample.parse("a{b=\"x,\\\"y\\\"}\",c=\"d\"} 1.5 1234"))
        .containsExactly(new Sample("a", java.util.Map.of("b", "x,\"y\"}", "c", "d"), 1.5));
  }

  @Test
  void theLastRefusalsAreKeptNewestFirst() {
    Refusals refusals = new Refusals();
    String line =
        "2026-11-23T04:00:0%d.000Z\terror\taccess\tconnection complete\tsrc.workload=\"web\" dst.workload=\"db\" error=\"policy %d\"";

    for (int n = 0; n < 7; n++) refusals.line(line.formatted(n, n));
    refusals.line("2026-11-23T04:00:09Z\tinfo\taccess\tconnection complete\tsrc.workload=\"web\"");

    assertThat(refusals.last()).hasSize(5).first().isEqualTo("04:00:06  web -> db: policy 6");
  }

  @Test
  void whatIsRefusedAgainIsCountedNotRepeated() {
    Refusals refusals = new Refusals();

    for (int n = 0; n < 3; n++) {
      refusals.line(
          "2026-11-23T04:00:0"
              + n
              + "Z\terror\taccess\tx\tsrc.workload=a dst.workload=b error=\"no\"");
    }

    assertThat(refusals.last()).containsExactly("04:00:02  a -> b: no (3 times)");
  }
}
