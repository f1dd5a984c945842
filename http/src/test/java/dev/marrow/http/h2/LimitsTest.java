package dev.marrow.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Every limit against abuse, reached. */
class LimitsTest {
  private static final int HEADERS_END = FrameType.END_HEADERS;
  private static final int ALL_END = FrameType.END_HEADERS | FrameType.END_STREAM;
  private static final Duration NEVER = Duration.ZERO;

  private final Limits limits =
      new Limits(20, 4, 4096, 2, 2, 2, 2, 5, 5, 4096, 64 << 10, Duration.ofMillis(100));

  @Test
  void rapidResetsEndTheConnection() throws IOException {
    var frames = new ByteArrayOutputStream();
    for (int id = 1; id < 200; id += 2) {
      frames.writeBytes(RawPeer.bytes(FrameType.HEADERS, HEADERS_END, id, RawPeer.GET));
      frames.writeBytes(RawPeer.bytes(FrameType.RST_STREAM, 0, id, RawPeer.intBytes(8)));
    }
    calm(Limit.PEER_RESETS, 1, frames.toByteArray());
  }

  @Test
  void aServerMayEndEveryResponseWithAReset() throws IOException {
    try (var transport = new FakeTransport()) {
      var listener = new ConnectionListener() {};
      var client = H2Connection.client(transport, Settings.http(), limits, listener);
      transport.push(RawPeer.bytes(FrameType.SETTINGS, 0, 0), 0, 9);

      for (int i = 0; i < 100; i++) {
        int id = client.open(request(), false, why -> {}).id();
        byte[] answer = RawPeer.bytes(FrameType.HEADERS, ALL_END, id, new byte[] {(byte) 0x88});
        transport.push(answer, 0, answer.length);
        byte[] reset = RawPeer.bytes(FrameType.RST_STREAM, 0, id, RawPeer.intBytes(0));
        transport.push(reset, 0, reset.length);
      }

      assertThat(client.accepting()).isTrue();
    }
  }

  private static dev.marrow.http.Headers request() {
    return new dev.marrow.http.Headers()
        .add(":method", "POST")
        .add(":scheme", "http")
        .add(":path", "/")
        .add(":authority", "a");
  }

  @Test
  void resetsThatThePeerMakesUsSendEndTheConnection() throws IOException {
    var frames = new ByteArrayOutputStream();
    for (int id = 1; id < 200; id += 2) {
      frames.writeBytes(RawPeer.bytes(FrameType.HEADERS, HEADERS_END, id, RawPeer.GET));
      frames.writeBytes(RawPeer.bytes(FrameType.WINDOW_UPDATE, 0, id, RawPeer.intBytes(0)));
    }
    calm(Limit.OUR_RESETS, 1, frames.toByteArray());
  }

  @Test
  void aFloodOfSettingsEndsTheConnection() throws IOException {
    calm(Limit.SETTINGS_RATE, 100, RawPeer.bytes(FrameType.SETTINGS, 0, 0));
  }

  @Test
  void oneFrameOfManySettingsEndsTheConnection() throws IOException {
    var windows = new ByteArrayOutputStream();
    for (int i = 0; i < 33; i++) {
      windows.writeBytes(new byte[] {0, 4, 0, 0, 1, (byte) i});
    }
    calm(Limit.SETTINGS_RATE, 1, RawPeer.bytes(FrameType.SETTINGS, 0, 0, windows.toByteArray()));
  }

  @Test
  void aFloodOfPingsEndsTheConnection() throws IOException {
    calm(Limit.PING_RATE, 100, RawPeer.bytes(FrameType.PING, 0, 0, new byte[8]));
  }

  @Test
  void aFloodOfPrioritiesEndsTheConnection() throws IOException {
    calm(Limit.CONTROL_RATE, 200, RawPeer.bytes(FrameType.PRIORITY, 0, 9, new byte[5]));
  }

  @Test
  void aFloodOfUnknownFramesEndsTheConnection() throws IOException {
    calm(Limit.CONTROL_RATE, 200, RawPeer.bytes(0xfe, 0, 9, new byte[5]));
  }

  @Test
  void emptyDataInARowEndsTheConnection() throws IOException {
    try (var server = server(Settings.http());
        var peer = new RawPeer(server.address())) {
      peer.frame(FrameType.HEADERS, HEADERS_END, 1, RawPeer.POST);
      peer.flood(100, RawPeer.bytes(FrameType.DATA, 0, 1));

      assertThat(peer.await(FrameType.GOAWAY).code()).isEqualTo(ErrorCode.ENHANCE_YOUR_CALM);
      assertThat(server.reached()).containsExactly(Limit.EMPTY_DATA);
    }
  }

  @Test
  void endlessContinuationsEndTheConnection() throws IOException {
    try (var server = server(Settings.http());
        var peer = new RawPeer(server.address())) {
      peer.frame(FrameType.HEADERS, 0, 1, RawPeer.GET);
      peer.flood(10, RawPeer.bytes(FrameType.CONTINUATION, 0, 1));

      assertThat(peer.await(FrameType.GOAWAY).code()).isEqualTo(ErrorCode.ENHANCE_YOUR_CALM);
      assertThat(server.reached()).containsExactly(Limit.CONTINUATION_FRAMES);
    }
  }

  @Test
  void anEndlessHeaderBlockEndsTheConnection() throws IOException {
    calm(Limit.HEADER_BLOCK_BYTES, 1, RawPeer.bytes(FrameType.HEADERS, 0, 1, new byte[5000]));
  }

  @Test
  void tooManyFieldsEndTheStreamOnly() throws IOException {
    byte[] cookies =
        HexFormat.of().parseHex("828684410161" + "6001610160".repeat(0) + "0f11016b".repeat(30));
    try (var server = server(Settings.http());
        var peer = new RawPeer(server.address())) {
      peer.frame(FrameType.HEADERS, ALL_END, 1, cookies);
      assertThat(peer.await(FrameType.RST_STREAM).code()).isEqualTo(ErrorCode.ENHANCE_YOUR_CALM);
      peer.frame(FrameType.HEADERS, ALL_END, 3, RawPeer.GET);

      assertThat(peer.await(FrameType.DATA).stream()).isEqualTo(3);
      assertThat(server.reached()).containsExactly(Limit.HEADER_FIELDS);
    }
  }

  @Test
  void aHeaderListAboveTheLimitEndsTheStreamOnly() throws IOException {
    var small = new Settings(9, 65_535, 65_535, 16_384, 4096, 1024, false, 9, NEVER, NEVER, NEVER);
    byte[] large = HexFormat.of().parseHex("828684410161" + "0f117fff06" + "61".repeat(1022));
    try (var server = server(small);
        var peer = new RawPeer(server.address())) {
      peer.frame(FrameType.HEADERS, ALL_END, 1, large);
      assertThat(peer.await(FrameType.RST_STREAM).code()).isEqualTo(ErrorCode.ENHANCE_YOUR_CALM);
      peer.frame(FrameType.HEADERS, ALL_END, 3, RawPeer.GET);

      assertThat(peer.await(FrameType.DATA).stream()).isEqualTo(3);
      assertThat(server.reached()).containsExactly(Limit.HEADER_LIST_BYTES);
    }
  }

  @Test
  void aStreamTooManyIsRefused() throws IOException {
    try (var server = server(Settings.http().withMaxConcurrentStreams(1));
        var peer = new RawPeer(server.address())) {
      peer.frame(FrameType.HEADERS, HEADERS_END, 1, RawPeer.POST);
      peer.frame(FrameType.HEADERS, HEADERS_END, 3, RawPeer.POST);

      var reset = peer.await(FrameType.RST_STREAM);
      assertThat(reset.stream()).isEqualTo(3);
      assertThat(reset.code()).isEqualTo(ErrorCode.REFUSED_STREAM);
      assertThat(server.reached()).containsExactly(Limit.CONCURRENT_STREAMS);
    }
  }

  @Test
  void aStreamWhoseWindowStaysShutIsReset() throws IOException {
    try (var server = server(Settings.http());
        var peer = new RawPeer(server.address())) {
      peer.frame(FrameType.SETTINGS, 0, 0, HexFormat.of().parseHex("000400000000"));
      peer.frame(FrameType.HEADERS, ALL_END, 1, RawPeer.GET);

      assertThat(peer.await(FrameType.RST_STREAM).code()).isEqualTo(ErrorCode.ENHANCE_YOUR_CALM);
      assertThat(server.reached()).containsExactly(Limit.WINDOW_STALL);
    }
  }

  @Test
  void settingsThatAreNotAcknowledgedEndTheConnection() throws IOException {
    var hasty = Settings.http().withTimers(Duration.ofMillis(50), NEVER, NEVER);
    try (var server = server(hasty);
        var peer = new RawPeer(server.address())) {
      assertThat(peer.await(FrameType.GOAWAY).code()).isEqualTo(ErrorCode.SETTINGS_TIMEOUT);
      assertThat(server.reached()).containsExactly(Limit.SETTINGS_TIMEOUT);
    }
  }

  @Test
  void aPingWithoutAnswerEndsTheConnection() throws IOException {
    var eager = Settings.http().withTimers(NEVER, Duration.ofMillis(20), Duration.ofMillis(20));
    try (var server = server(eager);
        var peer = new RawPeer(server.address())) {
      peer.await(FrameType.PING);

      assertThat(peer.ends()).isTrue();
      assertThat(server.reached()).containsExactly(Limit.PING_TIMEOUT);
    }
  }

  @Test
  void aRateIsAnAverageOverTenSeconds() {
    var rate = new RateLimit(2, 0);
    int taken = 0;
    while (rate.take(0)) {
      taken++;
    }

    assertThat(taken).isEqualTo(20);
    assertThat(rate.take(Duration.ofMillis(499).toNanos())).isFalse();
    assertThat(rate.take(Duration.ofMillis(500).toNanos())).isTrue();
    assertThat(rate.take(Duration.ofMillis(501).toNanos())).isFalse();
  }

  private void calm(Limit expected, int times, byte[] frames) throws IOException {
    try (var server = server(Settings.http());
        var peer = new RawPeer(server.address())) {
      peer.flood(times, frames);

      assertThat(peer.await(FrameType.GOAWAY).code()).isEqualTo(ErrorCode.ENHANCE_YOUR_CALM);
      assertThat(server.reached()).contains(expected);
    }
  }

  private H2cServer server(Settings settings) {
    return new H2cServer(0, settings, limits);
  }
}
