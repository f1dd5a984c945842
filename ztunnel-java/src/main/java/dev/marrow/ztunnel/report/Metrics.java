package dev.marrow.ztunnel.report;

import dev.marrow.ztunnel.report.Exposition.Kind;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/**
 * The metrics of this process. A registry of our own: a counter is looked up once and then is a
 * {@link LongAdder}; the usual libraries cost a lookup with tags per event or a megabyte of
 * classes. Thread-safe.
 */
public final class Metrics {
  private final Map<String, Family> families = new ConcurrentSkipListMap<>();

  /** The counter of that name and those labels (names and values in turn), made on first use. */
  public LongAdder counter(String name, String help, String... labels) {
    return ((Counters) families.computeIfAbsent(name, n -> new Counters(n, help))).of(labels);
  }

  /** A value that is asked for when metrics are read. */
  public void gauge(String name, String help, DoubleSupplier value, String... labels) {
    ((Suppliers) families.computeIfAbsent(name, n -> new Suppliers(n, Kind.GAUGE, help)))
        .put(value, labels);
  }

  /** A count kept elsewhere, asked for when metrics are read. */
  public void count(String name, String help, DoubleSupplier value, String... labels) {
    ((Suppliers) families.computeIfAbsent(name, n -> new Suppliers(n, Kind.COUNTER, help)))
        .put(value, labels);
  }

  /** The histogram of that name and those labels. */
  public Histogram histogram(String name, String help, double[] bounds, String... labels) {
    return ((Histograms) families.computeIfAbsent(name, n -> new Histograms(n, help)))
        .of(bounds, labels);
  }

  void add(String name, Family family) {
    families.put(name, family);
  }

  /** All metrics as text. */
  public String text(boolean openMetrics) {
    var out = new Exposition(openMetrics);
    families.values().forEach(f -> f.write(out));
    return out.end();
  }

  /** Metrics that are written together. */
  interface Family {
    void write(Exposition out);
  }

  private record Counters(String name, String help, Map<String, LongAdder> children)
      implements Family {
    Counters(String name, String help) {
      this(name, help, new ConcurrentSkipListMap<>());
    }

    LongAdder of(String... labels) {
      return children.computeIfAbsent(
          Exposition.labels(Arrays.asList(labels)), l -> new LongAdder());
    }

    @Override
    public void write(Exposition out) {
      out.family(name, Kind.COUNTER, help);
      children.forEach((labels, value) -> out.sample(name, labels, value.sum()));
    }
  }

  private record Suppliers(
      String name, Kind kind, String help, Map<String, DoubleSupplier> children) implements Family {
    Suppliers(String name, Kind kind, String help) {
      this(name, kind, help, new ConcurrentSkipListMap<>());
    }

    void put(DoubleSupplier value, String... labels) {
      children.put(Exposition.labels(Arrays.asList(labels)), value);
    }

    @Override
    public void write(Exposition out) {
      out.family(name, kind, help);
      children.forEach((labels, value) -> out.sample(name, labels, value.getAsDouble()));
    }
  }

  private record Histograms(String name, String help, Map<String, Histogram> children)
      implements Family {
    Histograms(String name, String help) {
      this(name, help, new ConcurrentSkipListMap<>());
    }

    Histogram of(double[] bounds, String... labels) {
      return children.computeIfAbsent(
          Exposition.labels(Arrays.asList(labels)), l -> new Histogram(bounds));
    }

    @Override
    public void write(Exposition out) {
      out.family(name, Kind.HISTOGRAM, help);
      children.forEach((labels, histogram) -> histogram.write(out, name, labels));
    }
  }
}
