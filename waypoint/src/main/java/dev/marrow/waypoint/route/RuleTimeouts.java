package dev.marrow.waypoint.route;

import java.time.Duration;

/**
 * Limits of a rule; zero: none.
 *
 * @param request from the request's head to the end of the response
 * @param backendRequest the same for one attempt
 */
public record RuleTimeouts(Duration request, Duration backendRequest) {
  public static final RuleTimeouts NONE = new RuleTimeouts(Duration.ZERO, Duration.ZERO);
}
