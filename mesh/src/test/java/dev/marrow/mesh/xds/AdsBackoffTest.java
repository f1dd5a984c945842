package dev.marrow.mesh.xds;

import static dev.marrow.mesh.xds.AdsMetrics.Termination.COMPLETE;
import static dev.marrow.mesh.xds.AdsMetrics.Termination.CONNECTION_ERROR;
import static dev.marrow.mesh.xds.AdsMetrics.Termination.ERROR;
import static dev.marrow.mesh.xds.AdsMetrics.Termination.RECONNECT;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdsBackoffTest {
  private final AdsBackoff backoff = new AdsBackoff(AdsSettings.Backoff.USUAL);

  @Test
  void failuresDoubleTheWaitUpToItsLimit() {
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 13; i++) {
      waits.add(backoff.after(CONNECTION_ERROR, false).toMillis());
    }

    assertThat(waits)
        .containsExactly(
            10L, 20L, 40L, 80L, 160L, 320L, 640L, 1000L, 1000L, 1000L, 1000L, 1000L, 1000L);
  }

  @Test
  void aStreamThatEndsInOrderIsReplacedAtOnce() {
    backoff.after(ERROR, false);

    assertThat(backoff.after(COMPLETE, true)).isZero();
    assertThat(backoff.after(ERROR, false)).isEqualTo(Duration.ofMillis(10));
  }

  @Test
  void routineEndsWaitTheShortestTime() {
    assertThat(backoff.after(RECONNECT, true)).isEqualTo(Duration.ofMillis(10));
    assertThat(backoff.after(RECONNECT, true)).isEqualTo(Duration.ofMillis(10));
  }

  @Test
  void aServerThatNeverAnswersIsAskedLessAndLess() {
    backoff.after(COMPLETE, false);

    assertThat(backoff.after(RECONNECT, false)).isEqualTo(Duration.ofMillis(20));
    assertThat(backoff.after(COMPLETE, false)).isEqualTo(Duration.ofMillis(40));
  }

  @Test
  void endsAreCountedByWhatTheyAre() {
    assertThat(AdsBackoff.termination(Status.OK, true)).isEqualTo(COMPLETE);
    assertThat(AdsBackoff.termination(Status.UNKNOWN, true)).isEqualTo(RECONNECT);
    assertThat(AdsBackoff.termination(Status.CANCELLED, true)).isEqualTo(RECONNECT);
    assertThat(AdsBackoff.termination(Status.DEADLINE_EXCEEDED, true)).isEqualTo(RECONNECT);
    assertThat(AdsBackoff.termination(unavailable("transport is closing"), true))
        .isEqualTo(RECONNECT);
    assertThat(AdsBackoff.termination(unavailable("received prior goaway: code"), true))
        .isEqualTo(RECONNECT);
    assertThat(AdsBackoff.termination(unavailable("Connection closed after GOAWAY"), true))
        .isEqualTo(RECONNECT);
    assertThat(AdsBackoff.termination(unavailable("io exception"), false))
        .isEqualTo(CONNECTION_ERROR);
    assertThat(AdsBackoff.termination(unavailable("io exception"), true)).isEqualTo(ERROR);
    assertThat(AdsBackoff.termination(Status.UNAUTHENTICATED, false)).isEqualTo(ERROR);
  }

  private static Status unavailable(String text) {
    return Status.UNAVAILABLE.withDescription(text);
  }
}
