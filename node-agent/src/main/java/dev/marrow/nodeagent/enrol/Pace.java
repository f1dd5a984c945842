package dev.marrow.nodeagent.enrol;

import java.time.Duration;

/**
 * How fast the agent works.
 *
 * @param settle between striking out a pod and letting its traffic go, so that its peers have
 *     stopped using tunnels
 * @param firstRetry of a pod that could not be enrolled; doubles up to {@code longestRetry}
 * @param check how often everything is looked at without a reason
 */
public record Pace(Duration settle, Duration firstRetry, Duration longestRetry, Duration check) {
  public static final Pace STANDARD =
      new Pace(
          Duration.ofMillis(500),
          Duration.ofMillis(250),
          Duration.ofSeconds(15),
          Duration.ofSeconds(60));

  public Pace {
    if (check.isNegative() || check.isZero() || firstRetry.isNegative() || firstRetry.isZero()) {
      throw new IllegalArgumentException("pace: zero or negative (expected: positive durations)");
    }
  }
}
