package dev.marrow.waypoint.route;

import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One rule of an HTTPRoute or GRPCRoute.
 *
 * @param route {@code namespace/name}
 * @param name the rule's own, or its index
 * @param hostnames in lower case, {@code *.} in front for any host below; none: all
 * @param matches any of them; none: all requests
 */
public record Rule(
    String route,
    String name,
    List<String> hostnames,
    List<RequestMatch> matches,
    List<Filter> filters,
    List<WeightedBackend> backends,
    RuleTimeouts timeouts,
    Retry retry,
    @Nullable Session session,
    List<RateLimit> rateLimits,
    Fault fault) {
  public Rule {
    hostnames = List.copyOf(hostnames);
    matches = matches.isEmpty() ? List.of(RequestMatch.ANY) : List.copyOf(matches);
    filters = List.copyOf(filters);
    backends = List.copyOf(backends);
    rateLimits = List.copyOf(rateLimits);
  }

  /** The rule of a service that has no routes: to itself. */
  public static Rule toItself(Backend backend) {
    return new Rule(
        "default",
        "",
        List.of(),
        List.of(),
        List.of(),
        List.of(new WeightedBackend(backend, 1, List.of())),
        RuleTimeouts.NONE,
        Retry.STANDARD,
        null,
        List.of(),
        Fault.NONE);
  }

  /** One of the backends by weight; unresolved if there is none with any. */
  public WeightedBackend pick(RandomGenerator random) {
    int total = 0;
    for (WeightedBackend backend : backends) {
      total += backend.weight();
    }
    int left = total == 0 ? 0 : backends.size() == 1 ? 0 : random.nextInt(total);
    for (WeightedBackend backend : backends) {
      left -= backend.weight();
      if (left < 0) {
        return backend;
      }
    }
    return new WeightedBackend(new Backend.Unresolved(), 0, List.of());
  }
}
