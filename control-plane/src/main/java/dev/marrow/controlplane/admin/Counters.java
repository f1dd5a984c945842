package dev.marrow.controlplane.admin;

import dev.marrow.controlplane.authority.Refusal;
import dev.marrow.controlplane.publish.ResourceType;
import dev.marrow.controlplane.serve.StreamReport;
import dev.marrow.controlplane.status.RefusalCount;
import dev.marrow.resources.kubernetes.WatchReport;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the control plane counts. Thread-safe. */
public final class Counters implements StreamReport {
  private static final Logger log = LoggerFactory.getLogger(Counters.class);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final AtomicInteger streams = new AtomicInteger();
  private final MultiGauge refusedObjects =
      MultiGauge.builder("marrow_objects_not_accepted").register(registry);

  public Counters() {
    registry.gauge("marrow_xds_streams", streams);
  }

  /** The metrics in the text form of Prometheus. */
  public String text() {
    return registry.scrape();
  }

  /** A number that is looked up when it is asked for. */
  public void gauge(String name, Supplier<Number> value) {
    Gauge.builder(name, value).register(registry);
  }

  @Override
  public void opened(String client) {
    streams.incrementAndGet();
    log.info("stream of {} opened", client);
  }

  @Override
  public void closed(String client, String why) {
    streams.decrementAndGet();
    log.info("stream of {} closed: {}", client, why);
  }

  @Override
  public void pushed(ResourceType type, int resources, int removed, int bytes) {
    String name = name(type);
    registry.counter("marrow_xds_pushes", "type", name).increment();
    registry.counter("marrow_xds_resources_sent", "type", name).increment(resources + removed);
    registry.counter("marrow_xds_bytes_sent", "type", name).increment(bytes);
  }

  @Override
  public void rejected(String client, ResourceType type, String message) {
    registry.counter("marrow_xds_rejected", "type", name(type)).increment();
    log.warn("{} did not accept {}: {}", client, name(type), message);
  }

  /** A call or a request that was refused. */
  public void refused(String method, Refusal reason) {
    registry.counter("marrow_refusals", "method", method, "reason", reason.name()).increment();
  }

  public void issued() {
    registry.counter("marrow_certificates_issued").increment();
  }

  /** How many objects are not accepted now, and why. */
  public void notAccepted(Map<RefusalCount.Refused, Integer> counts) {
    refusedObjects.register(
        counts.entrySet().stream()
            .map(entry ->
                MultiGauge.Row.of(
                    Tags.of("kind", entry.getKey().kind(), "reason", entry.getKey().reason()),
                    entry.getValue()))
            .toList(),
        true);
  }

  /** Counts how following an API server goes. */
  public WatchReport watching() {
    return new WatchReport() {
      @Override
      public void listed(String kind, int objects) {
        registry.counter("marrow_kubernetes_lists", "kind", kind).increment();
      }

      @Override
      public void heard(String kind, int events) {
        registry.counter("marrow_kubernetes_events", "kind", kind).increment(events);
      }

      @Override
      public void failed(String kind, String reason) {
        registry.counter("marrow_kubernetes_failures", "kind", kind, "reason", reason).increment();
      }
    };
  }

  /** Objects were compiled. */
  public void compiled(Duration time, int questions) {
    Timer.builder("marrow_compile").register(registry).record(time);
    registry.counter("marrow_questions_asked").increment(questions);
  }

  private static String name(ResourceType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }
}
