package dev.marrow.waypoint.route;

import dev.marrow.http.HeaderName;
import java.time.Duration;
import java.util.List;

/**
 * A local token bucket per value of its keys.
 *
 * @param matches which requests it counts; none: all
 */
public record RateLimit(
    String name,
    int tokens,
    Duration interval,
    int burst,
    List<Key> keys,
    List<RequestMatch> matches) {
  /** What tells one bucket from another. */
  public sealed interface Key {
    record SourcePrincipal() implements Key {}

    record SourceNamespace() implements Key {}

    record Path() implements Key {}

    record Route() implements Key {}

    record Header(HeaderName name) implements Key {}
  }

  public RateLimit {
    keys = List.copyOf(keys);
    matches = List.copyOf(matches);
    if (tokens < 1 || burst < 1 || interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException(
          "rate limit %s: %d per %s, burst %d (expected: above zero)"
              .formatted(name, tokens, interval, burst));
    }
  }
}
