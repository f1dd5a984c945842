package dev.marrow.linux;

import java.time.Duration;

/** A point in monotonic time. Not more than an hour away: a wait without end is a bug here. */
final class Deadline {
  private static final Duration LONGEST = Duration.ofHours(1);
  private final long at;

  private Deadline(long at) {
    this.at = at;
  }

  static Deadline in(Duration timeout) {
    Duration bounded = timeout.compareTo(LONGEST) > 0 ? LONGEST : timeout;
    return new Deadline(System.nanoTime() + bounded.toNanos());
  }

  Duration remaining() {
    return Duration.ofNanos(Math.max(0, at - System.nanoTime()));
  }

  boolean passed() {
    return at - System.nanoTime() <= 0;
  }
}
