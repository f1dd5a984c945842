package dev.marrow.waypoint.tap;

import dev.marrow.http.Headers;
import dev.marrow.waypoint.report.RequestReport;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One looker: takes at most so many requests a second, and keeps at most {@link #WAITING} for a
 * looker who is slow; the others are counted. Thread-safe.
 */
public final class Tap implements AutoCloseable {
  private static final int WAITING = 256;
  private static final long SECOND = 1_000_000_000;

  private final TapFilter filter;
  private final LongSupplier nanos;
  private final Consumer<Tap> onClose;
  private final long begun;
  private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(WAITING);
  private final AtomicLong skipped = new AtomicLong();
  private long second;
  private int inSecond;

  Tap(TapFilter filter, LongSupplier nanos, Consumer<Tap> onClose) {
    this.filter = filter;
    this.nanos = nanos;
    this.onClose = onClose;
    this.begun = nanos.getAsLong();
  }

  void show(RequestReport report, Headers request, @Nullable Headers response) {
    if (!filter.admits(report)) {
      return;
    }
    if (!admitted() || !lines.offer(TapLine.of(report, request, response))) {
      skipped.incrementAndGet();
    }
  }

  private synchronized boolean admitted() {
    long now = (nanos.getAsLong() - begun) / SECOND;
    if (now != second) {
      second = now;
      inSecond = 0;
    }
    return inSecond++ < filter.perSecond();
  }

  /** The next request as a line of JSON; nothing if none came within a moment. */
  public Optional<String> next() throws InterruptedException {
    return Optional.ofNullable(lines.poll(500, TimeUnit.MILLISECONDS));
  }

  /** Whether its time is over. */
  public boolean over() {
    return nanos.getAsLong() - begun > filter.lasts().toNanos();
  }

  public int requests() {
    return filter.requests();
  }

  /** Requests that fitted but were not shown. */
  public long skipped() {
    return skipped.get();
  }

  @Override
  public void close() {
    onClose.accept(this);
  }
}
