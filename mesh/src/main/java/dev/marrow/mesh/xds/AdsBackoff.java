package dev.marrow.mesh.xds;

import io.grpc.Status;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/** How a stream's end is counted, and how long to wait before the next one. */
final class AdsBackoff {
  private static final Set<Status.Code> ROUTINE =
      Set.of(Status.Code.UNKNOWN, Status.Code.CANCELLED, Status.Code.DEADLINE_EXCEEDED);

  private final AdsSettings.Backoff settings;
  private Duration next;

  AdsBackoff(AdsSettings.Backoff settings) {
    this.settings = settings;
    this.next = settings.first();
  }

  /**
   * The wait after a stream.
   *
   * @param answered whether the stream brought anything; one that did not is never routine, else a
   *     server that refuses everybody would be asked a hundred times a second
   */
  Duration after(AdsMetrics.Termination termination, boolean answered) {
    boolean routine =
        answered
            && switch (termination) {
              case COMPLETE, RECONNECT -> true;
              case CONNECTION_ERROR, ERROR -> false;
            };
    if (routine) {
      next = settings.first();
      return termination == AdsMetrics.Termination.COMPLETE ? Duration.ZERO : settings.first();
    }
    Duration wait = answered ? settings.first() : next;
    Duration doubled = wait.multipliedBy(2);
    next = doubled.compareTo(settings.most()) > 0 ? settings.most() : doubled;
    return wait;
  }

  static AdsMetrics.Termination termination(Status status, boolean answered) {
    if (status.isOk()) {
      return AdsMetrics.Termination.COMPLETE;
    }
    if (ROUTINE.contains(status.getCode()) || closedOnPurpose(status)) {
      return AdsMetrics.Termination.RECONNECT;
    }
    return status.getCode() == Status.Code.UNAVAILABLE && !answered
        ? AdsMetrics.Termination.CONNECTION_ERROR
        : AdsMetrics.Termination.ERROR;
  }

  // How gRPC servers in Go and Java end a connection that has reached its maximum age.
  private static boolean closedOnPurpose(Status status) {
    String text = String.valueOf(status.getDescription()).toLowerCase(Locale.ROOT);
    return text.contains("transport is closing") || text.contains("goaway");
  }
}
