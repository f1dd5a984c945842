package dev.marrow.ztunnel.report;

import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** Counts values by size. Thread-safe. */
public final class Histogram {
  private final double[] bounds;
  private final LongAdder[] counts;
  private final DoubleAdder sum = new DoubleAdder();

  Histogram(double[] bounds) {
    this.bounds = bounds.clone();
    this.counts = new LongAdder[bounds.length + 1];
    java.util.Arrays.setAll(counts, i -> new LongAdder());
  }

  public void add(double value) {
    int i = 0;
    while (i < bounds.length && value > bounds[i]) {
      i++;
    }
    counts[i].increment();
    sum.add(value);
  }

  void write(Exposition out, String name, String labels) {
    String prefix = labels.isEmpty() ? "" : labels + ",";
    long total = 0;
    for (int i = 0; i < counts.length; i++) {
      total += counts[i].sum();
      String bound = i < bounds.length ? Double.toString(bounds[i]) : "+Inf";
      out.sample(name + "_bucket", prefix + "le=\"" + bound + '"', total);
    }
    out.sample(name + "_sum", labels, sum.sum());
    out.sample(name + "_count", labels, total);
  }
}
