package dev.marrow.waypoint.proxy;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges that run on one event loop. Ends those on which nothing moved for too long; time is
 * counted in ticks, so that a byte that moves costs nothing. Confined to that loop.
 */
final class Running {
  /** An exchange ends between this many ticks of stillness and one more. */
  private static final int TICKS = 4;

  private final Worker worker;
  private final long tickNanos;
  private @Nullable Exchange first;
  private int tick;
  private boolean ticking;

  /** {@code idle} zero: never. */
  Running(Worker worker, Duration idle) {
    this.worker = worker;
    this.tickNanos = idle.toNanos() / TICKS;
  }

  int tick() {
    return tick;
  }

  void add(Exchange exchange) {
    Exchange next = first;
    exchange.after = next;
    if (next != null) {
      next.before = exchange;
    }
    first = exchange;
    tickLater();
  }

  void remove(Exchange exchange) {
    Exchange before = exchange.before;
    Exchange after = exchange.after;
    if (before != null) {
      before.after = after;
    } else if (first == exchange) {
      first = after;
    }
    if (after != null) {
      after.before = before;
    }
    exchange.before = null;
    exchange.after = null;
  }

  private void tickLater() {
    if (!ticking && tickNanos > 0) {
      ticking = true;
      worker.loop().schedule(this::ticked, tickNanos, TimeUnit.NANOSECONDS);
    }
  }

  private void ticked() {
    ticking = false;
    tick++;
    for (Exchange exchange = first; exchange != null; ) {
      Exchange next = exchange.after;
      if (tick - exchange.movedAt() > TICKS) {
        exchange.idle();
      }
      exchange = next;
    }
    if (first != null) {
      tickLater();
    }
  }
}
