package dev.marrow.http.h2;

import java.util.concurrent.TimeUnit;

/** At most so many per second, averaged over ten seconds: a bucket that refills. */
final class RateLimit {
  private static final int SECONDS = 10;

  private final long nanosPerToken;
  private final long fullNanos;
  private long emptyAt;

  RateLimit(int perSecond, long nowNanos) {
    nanosPerToken = TimeUnit.SECONDS.toNanos(1) / perSecond;
    fullNanos = nanosPerToken * perSecond * SECONDS;
    emptyAt = nowNanos;
  }

  /** Takes one; false if there is none. */
  boolean take(long nowNanos) {
    // The bucket's content is the time between emptyAt and now, at most fullNanos in the past.
    if (nowNanos + fullNanos - emptyAt > fullNanos) {
      emptyAt = nowNanos;
    }
    if (emptyAt + nanosPerToken - nowNanos > fullNanos) {
      return false;
    }
    emptyAt += nanosPerToken;
    return true;
  }
}
