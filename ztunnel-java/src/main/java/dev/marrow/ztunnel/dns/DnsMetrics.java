package dev.marrow.ztunnel.dns;

import dev.marrow.ztunnel.report.Histogram;
import dev.marrow.ztunnel.report.Metrics;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** The series {@code istio_dns_*}. Thread-safe. */
public final class DnsMetrics {
  private static final double[] SECONDS = {.0005, .001, .01, .1, 1, 5};
  private static final int MOST_SOURCES = 10_000;

  private final Metrics metrics;
  private final Map<Labels, Series> series = new ConcurrentHashMap<>();
  private final LongAdder malformed;
  private final LongAdder limited;

  public DnsMetrics(Metrics metrics) {
    this.metrics = metrics;
    this.malformed =
        metrics.counter("marrow_dns_malformed_total", "DNS messages that could not be read");
    this.limited =
        metrics.counter("marrow_dns_limited_total", "DNS queries refused because too many wait");
  }

  /** What a query is counted under; types are few, so that a client cannot make up series. */
  record Labels(int type, String protocol, String service, String revision) {
    String typeName() {
      return switch (type) {
        case 1 -> "a";
        case 2 -> "ns";
        case 5 -> "cname";
        case 6 -> "soa";
        case 12 -> "ptr";
        case 15 -> "mx";
        case 16 -> "txt";
        case 28 -> "aaaa";
        case 33 -> "srv";
        case 65 -> "https";
        default -> "other";
      };
    }
  }

  /** The counters of one set of labels. */
  record Series(LongAdder requests, LongAdder upstream, LongAdder failures, Histogram seconds) {}

  Series of(Labels labels) {
    boolean full = series.size() >= MOST_SOURCES && !series.containsKey(labels);
    Labels key = full ? new Labels(0, labels.protocol(), "", "") : labels;
    return series.computeIfAbsent(key, this::create);
  }

  private Series create(Labels labels) {
    String[] pairs = {
      "request_query_type", labels.typeName(),
      "request_protocol", labels.protocol(),
      "source_canonical_service", labels.service(),
      "source_canonical_revision", labels.revision()
    };
    return new Series(
        metrics.counter("istio_dns_requests_total", "DNS queries", pairs),
        metrics.counter("istio_dns_upstream_requests_total", "DNS queries forwarded", pairs),
        metrics.counter(
            "istio_dns_upstream_failures_total", "forwarded DNS queries without answer", pairs),
        metrics.histogram(
            "istio_dns_upstream_request_duration_seconds",
            "time of forwarded DNS queries",
            SECONDS,
            pairs));
  }

  LongAdder malformed() {
    return malformed;
  }

  LongAdder limited() {
    return limited;
  }
}
