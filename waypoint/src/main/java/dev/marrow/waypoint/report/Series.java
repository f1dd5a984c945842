package dev.marrow.waypoint.report;

import java.util.concurrent.atomic.LongAdder;

/** The numbers of one set of labels. Thread-safe. */
final class Series {
  private static final double[] MILLIS = {
    0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000
  };
  private static final double[] BYTES = {100, 1000, 10_000, 100_000, 1_000_000, 10_000_000};

  /** Writing the time for every request would have all loops write to one place. */
  private static final long SECOND = 1000;

  /** When the last request ended, to a second, in milliseconds since 1970. */
  private volatile long usedMillis;

  final LongAdder requests = new LongAdder();
  final Histogram duration = new Histogram(MILLIS);
  final Histogram requestBytes = new Histogram(BYTES);
  final Histogram responseBytes = new Histogram(BYTES);

  Series(long nowMillis) {
    usedMillis = nowMillis;
  }

  void used(long nowMillis) {
    if (nowMillis - usedMillis >= SECOND) {
      usedMillis = nowMillis;
    }
  }

  boolean usedSince(long millis) {
    return usedMillis >= millis;
  }

  /** Both together, for labels that became alike. */
  static Series plus(Series a, Series b) {
    Series sum = new Series(Math.max(a.usedMillis, b.usedMillis));
    for (Series part : new Series[] {a, b}) {
      sum.requests.add(part.requests.sum());
      sum.duration.add(part.duration);
      sum.requestBytes.add(part.requestBytes);
      sum.responseBytes.add(part.responseBytes);
    }
    return sum;
  }

  /** Counts in buckets with upper bounds. */
  static final class Histogram {
    private final double[] bounds;
    private final LongAdder[] counts;
    private final LongAdder sum = new LongAdder();

    Histogram(double[] bounds) {
      this.bounds = bounds;
      counts = new LongAdder[bounds.length + 1];
      for (int i = 0; i < counts.length; i++) {
        counts[i] = new LongAdder();
      }
    }

    void add(double value, long raw) {
      int i = 0;
      while (i < bounds.length && value > bounds[i]) {
        i++;
      }
      counts[i].increment();
      sum.add(raw);
    }

    void add(Histogram other) {
      for (int i = 0; i < counts.length; i++) {
        counts[i].add(other.counts[i].sum());
      }
      sum.add(other.sum.sum());
    }

    void write(StringBuilder out, String name, String labels, double scale) {
      long total = 0;
      for (int i = 0; i < counts.length; i++) {
        total += counts[i].sum();
        String bound = i == bounds.length ? "+Inf" : text(bounds[i]);
        out.append(name).append("_bucket{").append(labels).append(",le=\"").append(bound);
        out.append("\"} ").append(total).append('\n');
      }
      out.append(name).append("_sum{").append(labels).append("} ");
      out.append(sum.sum() * scale).append('\n');
      out.append(name).append("_count{").append(labels).append("} ").append(total).append('\n');
    }

    private static String text(double bound) {
      return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }
  }
}
