package dev.marrow.ztunnel.report;

import java.util.function.LongSupplier;

/** Opens the reports of connections. Thread-safe. */
public final class Reports {
  private final Log access;
  private final TrafficMetrics traffic;
  private final LongSupplier nanos;

  public Reports(Log access, TrafficMetrics traffic, LongSupplier nanos) {
    this.access = access;
    this.traffic = traffic;
    this.nanos = nanos;
  }

  /** A connection whose ends are known; {@code startNanos} as of {@link #nanoTime()}. */
  public ConnectionReport open(ConnectionFacts facts, long startNanos) {
    return new ConnectionReport(this, facts, startNanos);
  }

  /** A connection that ended before anything but its addresses was known. */
  public void failedEarly(
      Reporter reporter, String sourceAddress, String destinationAddress, String error) {
    access.warn(
        "connection failed",
        "src.addr",
        new LogLine.Bare(sourceAddress),
        "dst.addr",
        new LogLine.Bare(destinationAddress),
        "direction",
        reporter.direction(),
        "error",
        error);
  }

  /** Runs {@code flush} before metrics are read: open connections add what they counted. */
  public void beforeRead(Runnable flush) {
    traffic.beforeRead(flush);
  }

  /** Drops series nobody used for long. */
  public void expire() {
    traffic.expire();
  }

  public long nanoTime() {
    return nanos.getAsLong();
  }

  Log access() {
    return access;
  }

  TrafficMetrics traffic() {
    return traffic;
  }
}
