package dev.marrow.ztunnel.report;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** The counters of one set of labels. Thread-safe. */
final class TrafficSeries {
  final LongAdder opened = new LongAdder();
  final LongAdder closed = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder toDestination = new LongAdder();
  final LongAdder toSource = new LongAdder();

  /** Connections that may still count here; a series with any is never dropped. */
  final AtomicInteger users = new AtomicInteger();

  final TrafficLabels labels;
  final String text;
  volatile long lastUsedNanos;

  TrafficSeries(TrafficLabels labels, long nowNanos) {
    this.labels = labels;
    this.text = labels.text();
    this.lastUsedNanos = nowNanos;
  }
}
