package dev.marrow.http.h1;

import java.time.Duration;

/**
 * How long an HTTP/1 client may keep us waiting.
 *
 * @param head how long a request's head may take to arrive
 * @param idle how long the connection may stay open between requests
 */
public record Timeouts(Duration head, Duration idle) {
  public static final Timeouts DEFAULT = new Timeouts(Duration.ofSeconds(30), Duration.ofHours(1));

  public Timeouts {
    if (head.isNegative() || head.isZero() || idle.isNegative() || idle.isZero()) {
      throw new IllegalArgumentException(
          "timeouts: %s, %s (expected: above zero)".formatted(head, idle));
    }
  }
}
