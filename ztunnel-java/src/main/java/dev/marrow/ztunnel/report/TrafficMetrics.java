package dev.marrow.ztunnel.report;

import dev.marrow.ztunnel.report.Exposition.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The series {@code istio_tcp_*}. A series is looked up once per connection. One that no connection
 * uses any more is dropped after {@code expiry}, so that a node does not carry the series of every
 * pod it ever met; above {@code limit} series, new ones are counted together under unknown labels.
 * Thread-safe.
 */
public final class TrafficMetrics implements Metrics.Family {
  private final ConcurrentHashMap<TrafficLabels, TrafficSeries> series = new ConcurrentHashMap<>();
  private final long expiryNanos;
  private final int limit;
  private final LongSupplier nanos;
  private final LongAdder[] open = {new LongAdder(), new LongAdder()};
  private final LongAdder overflow = new LongAdder();
  private final LongAdder expired = new LongAdder();
  private final List<Runnable> beforeRead = new java.util.concurrent.CopyOnWriteArrayList<>();

  public TrafficMetrics(Metrics metrics, Duration expiry, int limit, LongSupplier nanos) {
    this.expiryNanos = expiry.toNanos();
    this.limit = limit;
    this.nanos = nanos;
    metrics.add("istio_tcp_", this);
    metrics.count(
        "marrow_metric_series_overflow_total",
        "connections counted under unknown labels because there are too many series",
        overflow::sum);
    metrics.count(
        "marrow_metric_series_expired_total",
        "traffic series dropped because nothing used them",
        expired::sum);
    metrics.gauge("marrow_metric_series", "traffic series", series::mappingCount);
  }

  /** Runs {@code flush} before metrics are read: open connections add what they counted. */
  public void beforeRead(Runnable flush) {
    beforeRead.add(flush);
  }

  /** The series of these labels, in use until {@link #release}. */
  TrafficSeries acquire(TrafficLabels labels) {
    TrafficLabels kept = labels;
    if (series.mappingCount() >= limit && !series.containsKey(labels)) {
      overflow.increment();
      kept =
          new TrafficLabels(
              labels.reporter(),
              Party.UNKNOWN,
              Party.UNKNOWN,
              ServiceName.NONE,
              labels.flags(),
              labels.mutualTls());
    }
    return series.compute(
        kept,
        (key, old) -> {
          TrafficSeries found = old == null ? new TrafficSeries(key, nanos.getAsLong()) : old;
          found.users.incrementAndGet();
          return found;
        });
  }

  void release(TrafficSeries used) {
    used.lastUsedNanos = nanos.getAsLong();
    used.users.decrementAndGet();
  }

  LongAdder open(Reporter reporter) {
    return open[reporter.ordinal()];
  }

  /** Drops series nobody used for the expiry. */
  public void expire() {
    long now = nanos.getAsLong();
    for (TrafficLabels key : series.keySet()) {
      series.computeIfPresent(
          key,
          (k, s) -> {
            boolean over = s.users.get() == 0 && now - s.lastUsedNanos > expiryNanos;
            if (over) {
              expired.increment();
            }
            return over ? null : s;
          });
    }
  }

  @Override
  public void write(Exposition out) {
    beforeRead.forEach(Runnable::run);
    expire();
    var all = new ArrayList<>(series.values());
    all.sort(Comparator.comparing(s -> s.text));
    write(out, all, "connections_opened", "connections opened", s -> s.opened);
    write(out, all, "connections_closed", "connections closed", s -> s.closed);
    write(out, all, "connections_failed", "connections that ended with a failure", s -> s.failed);
    write(out, all, "received_bytes", "bytes of requests", s -> s.toDestination);
    write(out, all, "sent_bytes", "bytes of responses", s -> s.toSource);
    out.family("istio_tcp_sockets_open", Kind.GAUGE, "connections open now");
    for (Reporter reporter : Reporter.values()) {
      out.sample(
          "istio_tcp_sockets_open",
          Exposition.labels(List.of("reporter", reporter.text())),
          open(reporter).sum());
    }
  }

  private static void write(
      Exposition out,
      List<TrafficSeries> all,
      String what,
      String help,
      Function<TrafficSeries, LongAdder> value) {
    String name = "istio_tcp_" + what + "_total";
    out.family(name, Kind.COUNTER, help);
    for (TrafficSeries one : all) {
      out.sample(name, one.text, value.apply(one).sum());
    }
  }
}
