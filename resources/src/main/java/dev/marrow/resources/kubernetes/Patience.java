package dev.marrow.resources.kubernetes;

import java.time.Duration;

/**
 * How long an API server is waited for.
 *
 * @param first the pause after a first failure; doubled after each further one
 * @param longest the longest such pause
 * @param quiet after how long without a word a watch is taken for dead; servers send bookmarks
 *     about once a minute
 * @param life how long a watch is asked for
 * @param absent how often a kind that the server does not have is asked for again, if nothing tells
 *     earlier
 * @param page how many objects are asked for at once
 */
public record Patience(
    Duration first, Duration longest, Duration quiet, Duration life, Duration absent, int page) {
  public Patience {
    if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0 || page < 1) {
      throw new IllegalArgumentException(
          "patience: %s, %s, page %d (expected: > 0, >= first, >= 1)"
              .formatted(first, longest, page));
    }
  }

  public static Patience standard() {
    return new Patience(
        Duration.ofMillis(500),
        Duration.ofSeconds(30),
        Duration.ofSeconds(150),
        Duration.ofMinutes(8),
        Duration.ofMinutes(1),
        500);
  }
}
