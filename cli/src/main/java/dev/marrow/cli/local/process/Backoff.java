package dev.marrow.cli.local.process;

import java.time.Duration;
import java.time.Instant;

/**
 * How long to wait before the next start: doubles from a tenth of a second to ten seconds, and
 * begins anew after five seconds of life. Immutable.
 */
record Backoff(int failures) {
  static final Backoff NONE = new Backoff(0);
  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(10);
  private static final Duration STABLE = Duration.ofSeconds(5);

  Backoff after(Instant started, Instant ended) {
    boolean stable = Duration.between(started, ended).compareTo(STABLE) >= 0;
    return new Backoff(stable ? 1 : failures + 1);
  }

  Duration delay() {
    if (failures == 0) return Duration.ZERO;
    Duration delay = FIRST.multipliedBy(1L << Math.min(failures - 1, 10));
    return delay.compareTo(LONGEST) > 0 ? LONGEST : delay;
  }
}
