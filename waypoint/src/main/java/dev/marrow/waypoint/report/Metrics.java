package dev.marrow.waypoint.report;

import dev.marrow.mesh.workload.Workload;
import dev.marrow.waypoint.destination.TelemetryRules;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Istio's standard metrics, as a waypoint reports them: one series per request, with both ends.
 * Thread-safe; counting takes no lock and formats nothing.
 */
public final class Metrics {
  /** Labels change rarely and are many: whoever makes up more of them than this is not counted. */
  private static final int MOST_SERIES = 20_000;

  private record Key(
      String source,
      String destination,
      String serviceHost,
      String serviceName,
      String serviceNamespace,
      String sourcePrincipal,
      int status,
      int grpcStatus,
      String flags,
      boolean grpc,
      String tags,
      TelemetryRules rules,
      Ends ends) {}

  /** Compared by what the labels say, not by everything a workload is. */
  private record Ends(@Nullable Workload source, @Nullable Workload destination) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Ends;
    }

    @Override
    public int hashCode() {
      return 1;
    }
  }

  /** As the node proxy does by default. */
  private static final Duration UNUSED = Duration.ofMinutes(30);

  private final LongSupplier millis;
  private final Map<Key, Series> requests = new ConcurrentHashMap<>();

  /** What unused series counted, by labels that others in use have, too. Guarded by this. */
  private final Map<String, Series> past = new HashMap<>();

  private final Map<String, RouteSeries> routes = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> counters = new ConcurrentHashMap<>();

  public Metrics() {
    this(System::currentTimeMillis);
  }

  /** {@code millis} is the clock of reports. */
  Metrics(LongSupplier millis) {
    this.millis = millis;
  }

  void count(RequestReport r) {
    Key key =
        new Key(
            uid(r.source()),
            uid(r.destination()),
            r.serviceHost(),
            r.serviceName(),
            r.serviceNamespace(),
            r.principal(),
            r.status(),
            r.grpc() ? r.grpcStatus() : -1,
            r.flagText(),
            r.grpc(),
            MetricTags.of(r),
            r.telemetry(),
            new Ends(r.source(), r.destination()));
    route(r);
    long now = r.startMillis() + r.durationNanos() / 1_000_000;
    Series series = requests.get(key);
    if (series == null) {
      if (requests.size() >= MOST_SERIES) {
        count("marrow_waypoint_metrics_dropped_total");
        return;
      }
      series = requests.computeIfAbsent(key, k -> new Series(now));
    }
    series.used(now);
    series.requests.increment();
    series.duration.add(r.durationNanos() / 1e6, r.durationNanos());
    series.requestBytes.add(r.received(), r.received());
    series.responseBytes.add(r.sent(), r.sent());
  }

  private void route(RequestReport r) {
    if (r.route().isEmpty()) {
      return;
    }
    RouteSeries series = routes.get(r.route());
    if (series == null) {
      if (routes.size() >= MOST_SERIES) {
        return;
      }
      series = routes.computeIfAbsent(r.route(), route -> new RouteSeries());
    }
    series.count(r.status());
  }

  /** A connection that carries no HTTP begins. */
  void opened(ConnectionReport r) {
    tcp("istio_tcp_connections_opened_total{" + MetricLabels.of(r) + "}", 1);
  }

  /**
   * It has ended. One that nobody relayed was opened and closed in one go. Who sees that it is
   * closed sees its bytes, too.
   */
  void count(ConnectionReport r) {
    if (!r.relayed()) {
      opened(r);
    }
    String labels = "{" + MetricLabels.of(r) + "}";
    tcp("istio_tcp_received_bytes_total" + labels, r.received());
    tcp("istio_tcp_sent_bytes_total" + labels, r.sent());
    tcp("istio_tcp_connections_closed_total" + labels, 1);
  }

  private void tcp(String name, long amount) {
    if (counters.size() < MOST_SERIES || counters.containsKey(name)) {
      add(name, amount);
    } else {
      count("marrow_waypoint_metrics_dropped_total");
    }
  }

  private static String uid(@Nullable Workload workload) {
    return workload == null ? "" : workload.uid();
  }

  /** Adds one to a counter by its name, labels included. */
  public void count(String name) {
    add(name, 1);
  }

  public void add(String name, long amount) {
    counters.computeIfAbsent(name, n -> new LongAdder()).add(amount);
  }

  /**
   * The series of requests by labels. Those that nobody uses any more are dropped; but a counter
   * must not fall, so what they counted stays as long as others are told under the same labels.
   */
  private synchronized Map<String, Series> inUse() {
    long since = millis.getAsLong() - UNUSED.toMillis();
    Map<String, Series> sorted = new TreeMap<>();
    requests.forEach((key, series) -> {
      String labels = labels(key);
      if (series.usedSince(since)) {
        sorted.merge(labels, series, Series::plus);
      } else {
        requests.remove(key);
        past.merge(labels, series, Series::plus);
      }
    });
    past.keySet().retainAll(sorted.keySet());
    past.forEach((labels, series) -> sorted.merge(labels, series, Series::plus));
    return sorted;
  }

  /** Prometheus's text format. */
  public String text() {
    StringBuilder out = new StringBuilder(4096);
    Map<String, Series> sorted = inUse();
    out.append("# TYPE istio_requests_total counter\n");
    sorted.forEach((labels, s) ->
        out.append("istio_requests_total{")
            .append(labels)
            .append("} ")
            .append(s.requests.sum())
            .append('\n'));
    histogram(out, sorted, "istio_request_duration_milliseconds", s -> s.duration, 1e-6);
    histogram(out, sorted, "istio_request_bytes", s -> s.requestBytes, 1);
    histogram(out, sorted, "istio_response_bytes", s -> s.responseBytes, 1);
    RouteSeries.write(out, new TreeMap<>(routes));
    String family = "";
    for (Map.Entry<String, LongAdder> entry : new TreeMap<>(counters).entrySet()) {
      String name = entry.getKey();
      String bare = name.indexOf('{') < 0 ? name : name.substring(0, name.indexOf('{'));
      if (!bare.equals(family)) {
        family = bare;
        out.append("# TYPE ").append(bare).append(" counter\n");
      }
      out.append(name).append(' ').append(entry.getValue().sum()).append('\n');
    }
    return out.toString();
  }

  private static void histogram(
      StringBuilder out,
      Map<String, Series> sorted,
      String name,
      java.util.function.Function<Series, Series.Histogram> part,
      double scale) {
    out.append("# TYPE ").append(name).append(" histogram\n");
    sorted.forEach((labels, series) -> part.apply(series).write(out, name, labels, scale));
  }

  private static String labels(Key key) {
    MetricLabels out = new MetricLabels(key.rules().metricTags().keySet());
    out.label("reporter", "waypoint");
    out.end("source", key.ends().source());
    out.label("source_principal", MetricLabels.spiffe(key.sourcePrincipal()));
    Workload to = key.ends().destination();
    out.end("destination", to);
    out.label("destination_principal", to == null ? "unknown" : to.identity().toString());
    out.service(key.serviceHost(), key.serviceName(), key.serviceNamespace());
    out.label("request_protocol", key.grpc() ? "grpc" : "http");
    out.label("response_code", Integer.toString(key.status()));
    if (key.grpc()) {
      out.label("grpc_response_status", key.grpcStatus() < 0 ? "" : "" + key.grpcStatus());
    }
    out.label("response_flags", key.flags());
    out.security(key.sourcePrincipal());
    return out.text() + key.tags();
  }
}
