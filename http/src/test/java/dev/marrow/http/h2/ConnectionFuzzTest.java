package dev.marrow.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any frames at a server: it goes on or ends with a reason, never with an error of its own. */
class ConnectionFuzzTest {
  static Stream<byte[]> frames() {
    return LongStream.rangeClosed(1, 4).mapToObj(seed -> FrameMix.valid(new Random(seed), 12));
  }

  @MethodSource("frames")
  @FuzzTest
  void framesNeverEndInAnErrorOfOurs(byte[] frames) {
    var all = new ByteArrayOutputStream();
    all.writeBytes(RawPeer.PREFACE.getBytes(StandardCharsets.US_ASCII));
    all.writeBytes(frames);
    byte[] bytes = all.toByteArray();
    var echo = new Echo();
    var never = Duration.ZERO;
    var settings = Settings.http().withTimers(never, never, never);
    try (var transport = new FakeTransport()) {
      var connection = H2Connection.server(transport, settings, Limits.standard(), echo);
      for (int at = 0; at < bytes.length; at += 97) {
        transport.push(bytes, at, Math.min(97, bytes.length - at));
      }
      connection.close(ErrorCode.NO_ERROR, "done");
    }

    assertThat(echo.closed()).isNotEqualTo(ErrorCode.INTERNAL_ERROR);
  }
}
