package dev.marrow.waypoint.trace;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where spans go, and how many may wait.
 *
 * @param collector {@code http://HOST:PORT} or {@code https://…}, OTLP over gRPC
 * @param resource what the spans say about us, such as {@code service.name}
 * @param queued spans that may wait; more are dropped and counted
 * @param batch spans in one message
 * @param every how long a span waits for others at most
 * @param timeout of one attempt
 */
public record TraceSettings(
    URI collector,
    Map<String, String> resource,
    int queued,
    int batch,
    Duration every,
    Duration timeout) {
  public TraceSettings {
    resource = Map.copyOf(new TreeMap<>(resource));
    boolean known = "http".equals(collector.getScheme()) || "https".equals(collector.getScheme());
    if (!known || collector.getHost() == null) {
      throw new IllegalArgumentException(
          "collector: '" + collector + "' (expected: http://HOST:PORT or https://HOST:PORT)");
    }
    if (batch < 1 || queued < batch) {
      throw new IllegalArgumentException(
          "batch, queued: %d, %d (expected: 1 <= batch <= queued)".formatted(batch, queued));
    }
  }

  /** With the defaults that OpenTelemetry's own exporters have. */
  public static TraceSettings to(URI collector, Map<String, String> resource) {
    return new TraceSettings(
        collector, resource, 2048, 512, Duration.ofSeconds(1), Duration.ofSeconds(5));
  }

  int port() {
    return collector.getPort() < 0 ? 4317 : collector.getPort();
  }

  boolean tls() {
    return "https".equals(collector.getScheme());
  }
}
