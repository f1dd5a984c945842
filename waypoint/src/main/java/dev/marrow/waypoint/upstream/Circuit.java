package dev.marrow.waypoint.upstream;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What one service is used for right now by all event loops, against the limits of its connection
 * pool. Thread-safe.
 */
public final class Circuit {
  private final Gauge connections = new Gauge();
  private final Gauge pending = new Gauge();
  private final Gauge requests = new Gauge();
  private final Gauge retries = new Gauge();

  /** A number that is raised only below a limit. Thread-safe. */
  public static final class Gauge {
    private final AtomicInteger value = new AtomicInteger();

    /** Raises it if it is below {@code most}; 0: no limit. */
    public boolean take(int most) {
      while (true) {
        int now = value.get();
        if (most > 0 && now >= most) {
          return false;
        }
        if (value.compareAndSet(now, now + 1)) {
          return true;
        }
      }
    }

    public void give() {
      value.decrementAndGet();
    }

    int value() {
      return value.get();
    }
  }

  boolean unused() {
    return connections.value() == 0
        && pending.value() == 0
        && requests.value() == 0
        && retries.value() == 0;
  }

  Gauge connections() {
    return connections;
  }

  /** Requests that wait for a connection. */
  Gauge pending() {
    return pending;
  }

  /** Requests under way. */
  public Gauge requests() {
    return requests;
  }

  /** Retries under way. */
  public Gauge retries() {
    return retries;
  }
}
