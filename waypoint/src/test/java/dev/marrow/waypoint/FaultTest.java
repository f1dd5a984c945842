package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Failures made on purpose, and gRPC's deadlines. */
@Timeout(60)
class FaultTest {
  private static final String[] GRPC = {"content-type", "application/grpc"};

  @TempDir Path folder;

  private final Apps.Recorder app = new Apps.Recorder("app");

  private PlainWaypoint waypoint(String fault) throws Exception {
    return PlainWaypoint.of(
        folder, PlainWaypoint.port("HTTP1", "\"fault\": { " + fault + " }"), app);
  }

  @Test
  void anAbortAnswersInTheBackendsPlace() throws Exception {
    try (PlainWaypoint waypoint =
        waypoint("\"abortStatus\": 418, \"abortGrpcStatus\": 14, \"abortPercent\": 100")) {
      assertThat(waypoint.get("/").statusCode()).isEqualTo(418);
      assertThat(waypoint.get("/", GRPC).headers().firstValue("grpc-status")).contains("14");
      assertThat(app.seen).isEmpty();
      assertThat(waypoint.metrics()).contains("response_flags=\"FI\"");
    }
  }

  @Test
  void aDelayHoldsTheRequestBack() throws Exception {
    try (PlainWaypoint waypoint = waypoint("\"delay\": \"0.300s\", \"delayPercent\": 100")) {
      long start = System.nanoTime();

      assertThat(waypoint.get("/").body()).isEqualTo("app");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(290));
    }
  }

  @Test
  void halfOfThemFailIfHalfShall() throws Exception {
    try (PlainWaypoint waypoint = waypoint("\"abortStatus\": 503, \"abortPercent\": 50")) {
      int failed = 0;
      for (int i = 0; i < 200; i++) {
        failed += waypoint.get("/").statusCode() == 503 ? 1 : 0;
      }
      assertThat(failed).isBetween(60, 140);
    }
  }

  @Test
  void aGrpcDeadlineIsKeptThoughTheRuleHasNone() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        PlainWaypoint waypoint =
            new PlainWaypoint(folder)
                .endpoint("reviews", (InetSocketAddress) silent.getLocalSocketAddress())
                .start()) {
      var answer =
          waypoint.send(
              "POST", "/s/m", "", "content-type", "application/grpc", "grpc-timeout", "200m");

      assertThat(answer.headers().firstValue("grpc-status")).contains("4");
    }
  }
}
