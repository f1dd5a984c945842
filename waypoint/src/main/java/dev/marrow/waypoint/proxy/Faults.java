package dev.marrow.waypoint.proxy;

import dev.marrow.waypoint.route.Fault;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Decides which failures made on purpose a request meets. Pure, but for chance. */
final class Faults {
  /** {@code status} or {@code grpcStatus} above zero: the request is answered so. */
  record Decision(Duration delay, int status, int grpcStatus) {
    static final Decision NONE = new Decision(Duration.ZERO, 0, 0);

    boolean aborts() {
      return status > 0 || grpcStatus > 0;
    }
  }

  private Faults() {}

  static Decision decide(Fault fault, RandomGenerator random) {
    if (fault == Fault.NONE) {
      return Decision.NONE;
    }
    boolean delayed = random.nextDouble(100) < fault.delayPercent();
    boolean aborted = random.nextDouble(100) < fault.abortPercent();
    return new Decision(
        delayed ? fault.delay() : Duration.ZERO,
        aborted ? fault.abortStatus() : 0,
        aborted ? fault.abortGrpcStatus() : 0);
  }
}
