package dev.marrow.resources.kubernetes;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Growing pauses between attempts, each half fixed and half by chance, so that many clients that
 * lost a server at once do not come back at once. Confined to one thread.
 */
public final class Backoff {
  private final Duration first;
  private final Duration longest;
  private final RandomGenerator random;
  private int failures;

  public Backoff(Duration first, Duration longest, RandomGenerator random) {
    this.first = first;
    this.longest = longest;
    this.random = random;
  }

  /** The pause after one more failure, and at least {@code asked}. */
  public Duration next(Duration asked) {
    long full = first.toMillis() << Math.min(failures, 20);
    failures++;
    long capped = Math.min(full, longest.toMillis());
    Duration pause = Duration.ofMillis(capped / 2 + random.nextLong(capped / 2 + 1));
    return pause.compareTo(asked) < 0 ? asked : pause;
  }

  /** Something went well. */
  public void reset() {
    failures = 0;
  }
}
