package dev.marrow.waypoint;

import java.time.Duration;

/**
 * How long a waypoint that ends lets clients in, and lets run what they began. Others learn at
 * different moments that it leaves: at least two seconds, and then until nobody has come for two
 * more, but a quarter of the drain stays for what came last. Pure; times are of {@link
 * System#nanoTime}.
 */
record Doors(long begunNanos, Duration drain) {
  private static final long LATECOMERS = Duration.ofSeconds(2).toNanos();

  boolean open(long nowNanos, long lastCameNanos) {
    long sinceBegun = nowNanos - begunNanos;
    if (sinceBegun >= drain.toNanos() / 4 * 3) {
      return false;
    }
    return sinceBegun < LATECOMERS || nowNanos - lastCameNanos < LATECOMERS;
  }

  boolean mayRun(long nowNanos) {
    return nowNanos - begunNanos < drain.toNanos();
  }
}
