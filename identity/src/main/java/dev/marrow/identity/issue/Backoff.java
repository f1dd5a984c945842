package dev.marrow.identity.issue;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Waits between attempts: doubled each time up to a cap, each ± 20 %. */
public record Backoff(Duration first, Duration cap) {
  public static final Backoff DEFAULT = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(4));

  private static final double SPREAD = 0.2;
  private static final int MAX_DOUBLINGS = 30;

  public Backoff {
    if (first.isZero() || first.isNegative() || cap.compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "backoff: %s up to %s (expected: 0 < first <= cap)".formatted(first, cap));
    }
  }

  /** The wait after {@code failures} attempts, at least 1, that failed. */
  Duration delay(int failures, RandomGenerator random) {
    int doublings = Math.min(failures - 1, MAX_DOUBLINGS);
    double doubled = (double) first.toMillis() * (1L << doublings);
    double capped = Math.min(doubled, (double) cap.toMillis());
    return Duration.ofMillis((long) (capped * (1 + SPREAD * (2 * random.nextDouble() - 1))));
  }
}
