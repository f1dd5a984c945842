package dev.marrow.ztunnel.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ConnectionReportTest {
  private final AtomicLong nanos = new AtomicLong();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Metrics metrics = new Metrics();
  private final TrafficMetrics traffic =
      new TrafficMetrics(metrics, Duration.ofMinutes(30), 100, nanos::get);
  private final ConnectionFacts facts =
      new ConnectionFacts(
          Reporter.SOURCE,
          address("10.0.0.1", 4711),
          party("client").as("spiffe://cluster.local/ns/default/sa/client"),
          address("10.0.0.2", 15008),
          "10.0.0.2:8080",
          party("shop").as("spiffe://cluster.local/ns/default/sa/shop"),
          new ServiceName("shop.default.svc.cluster.local", "default", "shop"),
          true);

  private static InetSocketAddress address(String ip, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
  }

  private static Party party(String name) {
    return new Party(
        true, name, "default", name, "v1", name, "Kubernetes", "r1", "z1", name + "-1", "");
  }

  private String line(boolean json, Flag flag, String error) {
    try (var sink = new LogSink(out, json, 100)) {
      Clock clock = Clock.fixed(Instant.parse("2026-01-02T03:04:05.678901Z"), ZoneOffset.UTC);
      var logs = new Logs(sink, LogFilter.parse("info"), clock);
      var reports = new Reports(logs.scope("access"), traffic, nanos::get);
      ConnectionReport report = reports.open(facts, nanos.get());
      report.counting(() -> 10, () -> 20);
      nanos.addAndGet(5_000_000);
      report.close(flag, error);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aCompleteConnectionIsOneLineOfText() {
    assertThat(line(false, Flag.OK, ""))
        .isEqualTo(
            "2026-01-02T03:04:05.678901Z\tinfo\taccess\tconnection complete\t"
                + "src.addr=10.0.0.1:4711 src.workload=\"client-1\" src.namespace=\"default\""
                + " src.identity=\"spiffe://cluster.local/ns/default/sa/client\""
                + " src.cluster=\"Kubernetes\""
                + " dst.addr=10.0.0.2:15008 dst.hbone_addr=10.0.0.2:8080"
                + " dst.service=\"shop.default.svc.cluster.local\" dst.workload=\"shop-1\""
                + " dst.namespace=\"default\""
                + " dst.identity=\"spiffe://cluster.local/ns/default/sa/shop\""
                + " dst.cluster=\"Kubernetes\" direction=\"outbound\" bytes_sent=10"
                + " bytes_recv=20 duration=\"5ms\"\n");
  }

  @Test
  void addressesOfVersion6AreCompressed() {
    assertThat(ConnectionFacts.text(address("fd00:198:18:1:0:0:0:2", 80)))
        .isEqualTo("[fd00:198:18:1::2]:80");
  }

  @Test
  void inJsonTheLineIsAFlatObject() {
    assertThat(line(true, Flag.DENY, "say \"no\""))
        .startsWith(
            "{\"level\":\"error\",\"time\":\"2026-01-02T03:04:05.678901Z\",\"scope\":\"access\","
                + "\"message\":\"connection complete\",\"src.addr\":\"10.0.0.1:4711\"")
        .contains("\"bytes_sent\":10")
        .endsWith("\"error\":\"say \\\"no\\\"\"}\n");
  }

  @Test
  void aConnectionIsCountedOnceOpenedAndOnceClosedUnderItsFlag() {
    line(false, Flag.DENY, "denied");

    String text = metrics.text(false);
    assertThat(text)
        .containsPattern("istio_tcp_connections_opened_total\\{[^}]*response_flags=\"-\"[^}]*} 1\n")
        .containsPattern(
            "istio_tcp_connections_closed_total\\{[^}]*response_flags=\"DENY\"[^}]*} 1\n")
        .containsPattern("istio_tcp_received_bytes_total\\{[^}]*response_flags=\"-\"[^}]*} 10\n")
        .containsPattern("istio_tcp_sent_bytes_total\\{[^}]*response_flags=\"-\"[^}]*} 20\n")
        .contains("istio_tcp_sockets_open{reporter=\"source\"} 0\n")
        .contains("connection_security_policy=\"mutual_tls\"")
        .contains("source_region=\"r1\"");
  }

  @Test
  void aSeriesNobodyUsesIsDroppedAfterItsTime() {
    line(false, Flag.OK, "");
    assertThat(metrics.text(false)).contains("source_workload=\"client\"");

    nanos.addAndGet(Duration.ofMinutes(31).toNanos());

    assertThat(metrics.text(false)).doesNotContain("source_workload=\"client\"");
  }

  @Test
  void openMetricsNamesFamiliesWithoutTotalAndEnds() {
    line(false, Flag.OK, "");

    assertThat(metrics.text(true))
        .contains("# TYPE istio_tcp_connections_opened counter\n")
        .contains("istio_tcp_connections_opened_total{")
        .endsWith("# EOF\n");
  }

  @Test
  void aFullLogQueueLosesLinesAndNeverWaits() throws Exception {
    var blocked = new java.util.concurrent.CountDownLatch(1);
    var slow =
        new java.io.OutputStream() {
          @Override
          public void write(int b) {}

          @Override
          public void write(byte[] bytes, int from, int length) {
            try {
              blocked.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        };
    try (var sink = new LogSink(slow, false, 10)) {
      var log = new Logs(sink, LogFilter.parse("info"), Clock.systemUTC()).scope("x");

      for (int i = 0; i < 1000; i++) {
        log.info("line");
      }

      assertThat(sink.dropped()).isPositive();
      blocked.countDown();
    }
  }
}
