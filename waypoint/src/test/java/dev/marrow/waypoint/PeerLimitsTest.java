package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a client may cost is what the settings say, and a refusal is counted. */
@Timeout(60)
class PeerLimitsTest {
  private static final String[] GET = {
    ":method", "GET", ":scheme", "http", ":authority", "h", ":path", "/"
  };

  @TempDir Path folder;

  private final CountDownLatch hold = new CountDownLatch(1);

  @Test
  void resetsAreBoundedAsTheSettingsSay() throws Exception {
    try (PlainWaypoint waypoint = with("MARROW_RESETS_PER_SECOND: 1");
        RawH2 peer = new RawH2(waypoint.port("reviews"))) {
      for (int stream = 1; stream < 101; stream += 2) {
        peer.frame(RawH2.HEADERS, RawH2.END_HEADERS, stream, RawH2.block(GET));
        peer.frame(RawH2.RST_STREAM, 0, stream, ByteBuffer.allocate(4).putInt(8).array());
      }

      assertThat(peer.outcome(0)).isEqualTo("GOAWAY 11");
      assertThat(waypoint.metrics()).contains("reason=\"http2_PEER_RESETS\"");
    }
  }

  @Test
  void settingsAreBoundedAsTheSettingsSay() throws Exception {
    try (PlainWaypoint waypoint = with("MARROW_SETTINGS_PER_SECOND: 2");
        RawH2 peer = new RawH2(waypoint.port("reviews"))) {
      for (int i = 0; i < 60; i++) {
        peer.frame(RawH2.SETTINGS, 0, 0, new byte[0]);
      }

      assertThat(peer.outcome(0)).isEqualTo("GOAWAY 11");
      assertThat(waypoint.metrics()).contains("reason=\"http2_SETTINGS_RATE\"");
    }
  }

  @Test
  void pingsAreBoundedAsTheSettingsSay() throws Exception {
    try (PlainWaypoint waypoint = with("MARROW_PINGS_PER_SECOND: 1");
        RawH2 peer = new RawH2(waypoint.port("reviews"))) {
      for (int i = 0; i < 60; i++) {
        peer.frame(RawH2.PING, 0, 0, new byte[8]);
      }

      assertThat(peer.outcome(0)).isEqualTo("GOAWAY 11");
      assertThat(waypoint.metrics()).contains("reason=\"http2_PING_RATE\"");
    }
  }

  @Test
  void requestsAtOnceOnAConnectionAreBoundedAsTheSettingsSay() throws Exception {
    try (PlainWaypoint waypoint = with("MARROW_MAX_STREAMS_PER_CONNECTION: 2");
        RawH2 peer = new RawH2(waypoint.port("reviews"))) {
      for (int stream = 1; stream < 7; stream += 2) {
        int flags = RawH2.END_HEADERS | RawH2.END_STREAM;
        peer.frame(RawH2.HEADERS, flags, stream, RawH2.block(GET));
      }

      // REFUSED_STREAM: it may be sent again (RFC 9113 §8.7).
      assertThat(peer.outcome(5)).isEqualTo("RST 7");
      assertThat(waypoint.metrics()).contains("reason=\"http2_CONCURRENT_STREAMS\"");
    } finally {
      hold.countDown();
    }
  }

  @Test
  void aHeadIsBoundedAsTheSettingsSayInEitherVersion() throws Exception {
    hold.countDown();
    try (PlainWaypoint waypoint = with("MARROW_HEADER_LIST_BYTES: 4096");
        RawH2 peer = new RawH2(waypoint.port("reviews"))) {
      String[] fields = java.util.Arrays.copyOf(GET, 10);
      fields[8] = "x";
      fields[9] = "y".repeat(5000);
      peer.frame(RawH2.HEADERS, RawH2.END_HEADERS | RawH2.END_STREAM, 1, RawH2.block(fields));

      assertThat(peer.outcome(1)).isEqualTo("RST 11");
      assertThat(waypoint.get("/", "x", "y".repeat(5000)).statusCode()).isEqualTo(431);
      assertThat(waypoint.get("/", "x", "y".repeat(3000)).statusCode()).isEqualTo(200);
      assertThat(waypoint.metrics()).contains("reason=\"http2_HEADER_LIST_BYTES\"");
    }
  }

  @Test
  void aHeadThatDoesNotComeAndAConnectionThatRestsEndAsTheSettingsSay() throws Exception {
    String limits = "MARROW_HEAD_TIMEOUT: 100ms, MARROW_KEEP_ALIVE_TIMEOUT: 100ms";
    try (PlainWaypoint waypoint = with(limits);
        Socket half = new Socket("127.0.0.1", waypoint.port("reviews"));
        Socket idle = new Socket("127.0.0.1", waypoint.port("reviews"))) {
      half.getOutputStream().write("GET / HT".getBytes(StandardCharsets.US_ASCII));

      assertThat(new String(half.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .startsWith("HTTP/1.1 408");
      assertThat(idle.getInputStream().read()).isEqualTo(-1);
      assertThat(waypoint.metrics()).contains("reason=\"http1_HEAD_TIMEOUT\"");
    }
  }

  private PlainWaypoint with(String limits) throws Exception {
    return new PlainWaypoint(folder)
        .limits(limits)
        .serve(
            "reviews",
            exchange -> {
              try (exchange) {
                hold.await();
                exchange.sendResponseHeaders(200, -1);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            })
        .rules("reviews", PlainWaypoint.port("HTTP1", ""))
        .start();
  }
}
