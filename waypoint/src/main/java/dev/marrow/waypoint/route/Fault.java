package dev.marrow.waypoint.route;

import java.time.Duration;

/**
 * Failures made on purpose.
 *
 * @param delayPercent 0 to 100
 * @param abortStatus 0: none
 * @param abortGrpcStatus 0: none
 */
public record Fault(
    Duration delay,
    double delayPercent,
    int abortStatus,
    int abortGrpcStatus,
    double abortPercent) {
  public static final Fault NONE = new Fault(Duration.ZERO, 0, 0, 0, 0);
}
