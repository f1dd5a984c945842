package dev.marrow.waypoint.filter;

import dev.marrow.http.Headers;
import dev.marrow.waypoint.authorize.Caller;
import dev.marrow.waypoint.route.RateLimit;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Token buckets for local rate limits, one per limit and value of its keys, shared by all event
 * loops. Thread-safe and without locks.
 */
public final class Buckets {
  /** A client that invents key values must not make us remember them all. */
  private static final int MOST = 100_000;

  private record Key(RateLimit.Local limit, String value) {}

  /** How often at most all buckets are looked through for full ones. */
  private static final long PAUSE = Duration.ofSeconds(1).toNanos();

  private final Map<Key, AtomicLong> buckets = new ConcurrentHashMap<>();
  private final LongSupplier nanos;
  private final AtomicLong lookedThrough;

  /** {@code nanos} is the clock, such as {@link System#nanoTime}. */
  public Buckets(LongSupplier nanos) {
    this.nanos = nanos;
    this.lookedThrough = new AtomicLong(nanos.getAsLong() - PAUSE);
  }

  /** Takes one token from each limit that counts this request; false if one has none left. */
  public boolean take(List<RateLimit> limits, Headers request, Caller caller, String route) {
    for (RateLimit limit : limits) {
      if (limit instanceof RateLimit.Local local
          && local.counts(request)
          && !take(local, value(local, request, caller, route))) {
        return false;
      }
    }
    return true;
  }

  /**
   * A bucket is one number: the time at which it would be full again (generic cell rate algorithm).
   */
  private boolean take(RateLimit.Local limit, String value) {
    long now = nanos.getAsLong();
    long cost = limit.interval().toNanos() / limit.tokens();
    long depth = cost * limit.burst();
    AtomicLong fullAt = bucket(limit, value, now);
    while (true) {
      long before = fullAt.get();
      long next = Math.max(before, now) + cost;
      if (next - now > depth) {
        return false;
      }
      if (fullAt.compareAndSet(before, next)) {
        return true;
      }
    }
  }

  /**
   * The bucket of {@code value}. With too many, new values of a limit share one: neither does
   * somebody lose the count of what was taken, nor does it grow.
   */
  private AtomicLong bucket(RateLimit.Local limit, String value, long now) {
    Key key = new Key(limit, value);
    AtomicLong known = buckets.get(key);
    if (known != null) {
      return known;
    }
    if (buckets.size() >= MOST) {
      forgetFull(now);
    }
    Key kept = buckets.size() < MOST ? key : new Key(limit, "");
    return buckets.computeIfAbsent(kept, k -> new AtomicLong(now));
  }

  /** A full bucket is as good as a new one. */
  private void forgetFull(long now) {
    long before = lookedThrough.get();
    if (now - before >= PAUSE && lookedThrough.compareAndSet(before, now)) {
      buckets.values().removeIf(fullAt -> fullAt.get() - now <= 0);
    }
  }

  private static String value(RateLimit limit, Headers request, Caller caller, String route) {
    if (limit.keys().isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    for (RateLimit.Key key : limit.keys()) {
      text.append(LimitKeys.value(key, request, caller, route)).append('\n');
    }
    return text.toString();
  }
}
