package dev.marrow.identity;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until a test moves it. Thread-safe. */
public final class TestClock extends Clock {
  private final AtomicLong nanosSinceStart = new AtomicLong();
  private final Instant start;

  public TestClock(Instant start) {
    this.start = start;
  }

  /** A clock that stands at noon of some day. */
  public static TestClock noon() {
    return new TestClock(Instant.parse("2026-11-23T12:00:00Z"));
  }

  public void advance(Duration by) {
    nanosSinceStart.addAndGet(by.toNanos());
  }

  @Override
  public Instant instant() {
    return start.plusNanos(nanosSinceStart.get());
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
