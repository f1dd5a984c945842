package dev.marrow.ztunnel.proxy;

import java.util.concurrent.TimeUnit;

/**
 * How long the connections of one loop live, about: as many as are open end in one mean life
 * (Little's law). Counts the ends of the last {@link #WINDOW_NANOS} at least and of twice that at
 * most. Confined to its loop.
 */
final class Turnover {
  static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** In one window, so many times as many end as are open: a mean life of 20 ms at most. */
  private static final int LIVES = 5;

  /** Connections that a loop keeps for itself; above that it has others help. */
  private static final int KEPT = 8;

  private long windowStart;
  private int ended;
  private int endedBefore;

  Turnover(long nowNanos) {
    windowStart = nowNanos;
  }

  /**
   * Whether one more connection stays here. Few short ones do: on two loops they cost a fifth more.
   * Long ones are shared out evenly, because none of them can move later.
   */
  boolean keeps(int open, long nowNanos) {
    return open < KEPT && brief(open, nowNanos);
  }

  void ended(long nowNanos) {
    advance(nowNanos);
    ended++;
  }

  /** Whether connections are short here, if {@code open} of them are open now. */
  boolean brief(int open, long nowNanos) {
    advance(nowNanos);
    return Math.max(ended, endedBefore) >= LIVES * Math.max(open, 1);
  }

  private void advance(long nowNanos) {
    long passed = nowNanos - windowStart;
    if (passed >= WINDOW_NANOS) {
      endedBefore = passed < 2 * WINDOW_NANOS ? ended : 0;
      ended = 0;
      windowStart = nowNanos;
    }
  }
}
