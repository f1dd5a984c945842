package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What operators see of real requests: spans at a collector, lines, metrics, the tap, the dump. */
@Timeout(60)
class ObservabilityTest {
  private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private static void echo(HttpExchange exchange) throws IOException {
    try (exchange) {
      String parent = String.valueOf(exchange.getRequestHeaders().getFirst("traceparent"));
      exchange.getResponseHeaders().set("x-parent", parent);
      exchange.getResponseHeaders().set("set-cookie", "secret=1");
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private static String await(Supplier<String> text, String part) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!text.get().contains(part) && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    return text.get();
  }

  private TestGateway gateway(String rules, String more) throws Exception {
    return new TestGateway(folder, rules, more, ObservabilityTest::echo);
  }

  /** A collector as OpenTelemetry's own protocol defines it. */
  private static final class Collector extends TraceServiceGrpc.TraceServiceImplBase
      implements AutoCloseable {
    final BlockingQueue<Span> spans = new LinkedBlockingQueue<>();
    final AtomicInteger refusals = new AtomicInteger();
    final Server server;

    Collector() throws IOException {
      server =
          Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
              .addService(this)
              .build()
              .start();
    }

    @Override
    public void export(
        ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> answer) {
      if (refusals.getAndDecrement() > 0) {
        answer.onError(Status.UNAVAILABLE.asRuntimeException());
        return;
      }
      request.getResourceSpansList().stream()
          .flatMap(r -> r.getScopeSpansList().stream())
          .forEach(s -> spans.addAll(s.getSpansList()));
      answer.onNext(ExportTraceServiceResponse.getDefaultInstance());
      answer.onCompleted();
    }

    String setting(int percent) {
      return "tracing: { collector: \"http://127.0.0.1:%d\", percent: %d }"
          .formatted(server.getPort(), percent);
    }

    @Override
    public void close() {
      server.shutdownNow();
    }
  }

  private static String attribute(Span span, String name) {
    return span.getAttributesList().stream()
        .filter(a -> a.getKey().equals(name))
        .map(a -> a.getValue().getStringValue())
        .findFirst()
        .orElse("");
  }

  @Test
  void aSampledRequestBecomesASpanBetweenTheClientsAndTheEndpoints() throws Exception {
    try (var collector = new Collector();
        var gateway = gateway("", collector.setting(0))) {
      collector.refusals.set(1);
      String seen =
          gateway.get("/a?b=1", "traceparent", PARENT).headers().firstValue("x-parent").orElse("");

      Span span = collector.spans.poll(20, TimeUnit.SECONDS);

      assertThat(span).isNotNull();
      HexFormat hex = HexFormat.of();
      assertThat(hex.formatHex(span.getTraceId().toByteArray())).isEqualTo(PARENT.substring(3, 35));
      assertThat(hex.formatHex(span.getParentSpanId().toByteArray()))
          .isEqualTo(PARENT.substring(36, 52));
      assertThat(seen).contains(hex.formatHex(span.getSpanId().toByteArray())).endsWith("-01");
      assertThat(attribute(span, "http.status_code")).isEqualTo("200");
      assertThat(attribute(span, "http.url")).endsWith("/a?b=1");
      String metrics = await(gateway.waypoint().metrics()::text, "spans_exported_total 1");
      assertThat(metrics)
          .contains("marrow_waypoint_span_export_failures_total{code=\"UNAVAILABLE\"} 1");
    }
  }

  @Test
  void telemetryDecidesWhatIsSampledLoggedAndLabelled() throws Exception {
    String rules =
        """
        , "telemetry": { "traceSamplingPercent": 100, "traceTags": { "team": "blue" },
          "accessLogFilter": "response.code >= 400",
          "metricTags": { "method": "request.method", "source_cluster": "", "site": "'north'" } }
        """;
    try (var collector = new Collector();
        var gateway = gateway(rules, collector.setting(0))) {
      gateway.get("/quiet");

      Span span = collector.spans.poll(20, TimeUnit.SECONDS);
      String metrics = gateway.waypoint().metrics().text();
      gateway.waypoint().close();

      assertThat(span).isNotNull();
      assertThat(attribute(span, "team")).isEqualTo("blue");
      assertThat(metrics)
          .contains("method=\"GET\",site=\"north\"")
          .doesNotContain("source_cluster");
      assertThat(gateway.log()).doesNotContain("/quiet");
    }
  }

  @Test
  void jsonLinesAreJsonWhateverTheClientSends() throws Exception {
    try (var gateway = gateway("", "log: { format: json }")) {
      gateway.get("/x", "user-agent", "a\"b\\c\tend");
      String line = await(gateway::log, "\n").lines().findFirst().orElseThrow();

      JsonNode fields = JSON.readTree(line);

      assertThat(fields.path("response_code").asInt(0)).isEqualTo(200);
      assertThat(fields.path("path").asString("")).isEqualTo("/x");
      assertThat(fields.path("user_agent").asString("")).startsWith("a\"b\\c");
      assertThat(fields.path("response_flags").asString("")).isEqualTo("-");
    }
  }

  @Test
  void theTapShowsHeadsWithoutSecretsAndRoutesAreCounted() throws Exception {
    try (var gateway = gateway("", "")) {
      URI tap = gateway.waypoint().admin("/tap?path=/seen&limit=1");
      try (var reader =
          new BufferedReader(
              new InputStreamReader(tap.toURL().openStream(), StandardCharsets.UTF_8))) {
        gateway.get("/other");
        gateway.get("/seen", "authorization", "Bearer secret", "x-team", "blue");

        String line = reader.lines().filter(l -> !l.isEmpty()).findFirst().orElseThrow();

        assertThat(JSON.readTree(line).path("path").asString("")).isEqualTo("/seen");
        assertThat(line)
            .contains("authorization: [redacted]", "set-cookie: [redacted]", "x-team: blue");
        assertThat(line).doesNotContain("secret");
      }
      assertThat(gateway.waypoint().metrics().text())
          .contains("marrow_waypoint_route_requests_total{route=\"default\",code_class=\"2xx\"} 2");
    }
  }

  @Test
  void theDumpNamesWhatIsConfigured() throws Exception {
    try (var gateway = gateway("", "")) {
      URI dump = gateway.waypoint().admin("/config_dump");

      JsonNode root = JSON.readTree(dump.toURL().openStream().readAllBytes());

      JsonNode destination = root.path("destinations").path(0);
      assertThat(destination.path("name").asString("")).isEqualTo("shop/web.shop.svc");
      assertThat(destination.path("ports").path("80").path("protocol").asString(""))
          .isEqualTo("HTTP1");
    }
  }
}
