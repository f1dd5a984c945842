package dev.marrow.waypoint.route;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import java.time.Duration;
import java.util.List;

/** How often requests may come, per value of its keys. */
public sealed interface RateLimit {
  String name();

  List<Key> keys();

  /** Which requests it counts; none: all. */
  List<RequestMatch> matches();

  /** Whether {@code request} is counted. */
  default boolean counts(Headers request) {
    return matches().isEmpty() || matches().stream().anyMatch(m -> m.matches(request));
  }

  /** A token bucket of our own. */
  record Local(
      String name,
      int tokens,
      Duration interval,
      int burst,
      List<Key> keys,
      List<RequestMatch> matches)
      implements RateLimit {
    public Local {
      keys = List.copyOf(keys);
      matches = List.copyOf(matches);
      if (tokens < 1 || burst < 1 || interval.isNegative() || interval.isZero()) {
        throw new IllegalArgumentException(
            "rate limit %s: %d per %s, burst %d (expected: above zero)"
                .formatted(name, tokens, interval, burst));
      }
    }
  }

  /**
   * A question to a rate-limit service, which counts for all who ask it.
   *
   * @param failOpen whether a request goes on when there is no answer; else it gets 500
   */
  record Global(
      String name,
      Backend service,
      String domain,
      Duration timeout,
      boolean failOpen,
      List<Key> keys,
      List<RequestMatch> matches)
      implements RateLimit {
    public Global {
      keys = List.copyOf(keys);
      matches = List.copyOf(matches);
      if (domain.isEmpty()) {
        throw new IllegalArgumentException(
            "rate limit %s: domain '' (expected: a name)".formatted(name));
      }
    }
  }

  /** What tells one count from another. */
  sealed interface Key {
    record SourcePrincipal() implements Key {}

    record SourceNamespace() implements Key {}

    record Path() implements Key {}

    record Route() implements Key {}

    record Header(HeaderName name) implements Key {}
  }
}
