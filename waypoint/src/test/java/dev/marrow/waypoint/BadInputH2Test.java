package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What HTTP/2 clients must not send, in front of a backend that speaks HTTP/1 (RFC 9113 §8, §10).
 * Codes: 1 PROTOCOL_ERROR, 9 COMPRESSION_ERROR, 11 ENHANCE_YOUR_CALM. Nothing of it reaches the
 * backend, and the next client is served.
 */
@Timeout(60)
class BadInputH2Test {
  private static final String[] GET = {
    ":method", "GET", ":scheme", "http", ":authority", "h", ":path", "/"
  };

  @TempDir Path folder;

  private final Apps.Recorder app = new Apps.Recorder("app");
  private PlainWaypoint waypoint;

  @BeforeEach
  void start() throws Exception {
    waypoint = PlainWaypoint.of(folder, PlainWaypoint.port("HTTP1", ""), app);
  }

  @AfterEach
  void stop() throws Exception {
    assertThat(waypoint.get("/well").statusCode()).isEqualTo(200);
    assertThat(app.seen).extracting(Apps.Seen::path).containsOnly("/well");
    waypoint.close();
  }

  private static String[] fields(String text) {
    return Arrays.stream(text.replace("CRLF", "\r\n").replace("NUL", "\0").split(";"))
        .flatMap(field -> {
          int equals = field.indexOf('=');
          return java.util.stream.Stream.of(
              field.substring(0, equals), field.substring(equals + 1));
        })
        .toArray(String[]::new);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '\t',
      quoteCharacter = '`',
      value = {
        "transfer-encoding\t:method=GET;:scheme=http;:authority=h;:path=/;transfer-encoding=chunked\tRST 1",
        "connection\t:method=GET;:scheme=http;:authority=h;:path=/;connection=close\tRST 1",
        "te other than trailers\t:method=GET;:scheme=http;:authority=h;:path=/;te=gzip\tRST 1",
        "te twice\t:method=GET;:scheme=http;:authority=h;:path=/;te=trailers;te=gzip\tRST 1",
        "a user in the authority\t:method=GET;:scheme=http;:authority=u@h;:path=/\tstatus 400",
        "a space in the authority\t:method=GET;:scheme=http;:authority=h x;:path=/\tstatus 400",
        "CR LF in a value\t:method=GET;:scheme=http;:authority=h;:path=/;x=aCRLFb: c\tRST 1",
        "NUL in a value\t:method=GET;:scheme=http;:authority=h;:path=/;x=aNULb\tRST 1",
        "CR LF in the path\t:method=GET;:scheme=http;:authority=h;:path=/ HTTP/1.1CRLFx: y\tRST 1",
        "CR LF in the authority\t:method=GET;:scheme=http;:authority=hCRLFx: y;:path=/\tRST 1",
        "a space in the method\t:method=GET /x;:scheme=http;:authority=h;:path=/\tRST 1",
        "a colon in a name\t:method=GET;:scheme=http;:authority=h;:path=/;x:y=z\tRST 1",
        "a capital in a name\t:method=GET;:scheme=http;:authority=h;:path=/;Xy=z\tRST 1",
        "a space in a name\t:method=GET;:scheme=http;:authority=h;:path=/;x y=z\tRST 1",
        "an empty path\t:method=GET;:scheme=http;:authority=h;:path=\tRST 1",
        "no path\t:method=GET;:scheme=http;:authority=h\tRST 1",
        "two paths\t:method=GET;:scheme=http;:authority=h;:path=/;:path=/b\tRST 1",
        "a pseudo-header of responses\t:method=GET;:scheme=http;:authority=h;:path=/;:status=200\tRST 1",
        "an unknown pseudo-header\t:method=GET;:scheme=http;:authority=h;:path=/;:x=y\tRST 1",
        "a pseudo-header after a field\t:method=GET;:scheme=http;:authority=h;x=y;:path=/\tRST 1",
        "a length without a body\t:method=POST;:scheme=http;:authority=h;:path=/;content-length=5\tRST 1",
        "two lengths\t:method=GET;:scheme=http;:authority=h;:path=/;content-length=0;content-length=1\tRST 1",
        "a raw byte in the path\t:method=GET;:scheme=http;:authority=h;:path=/\u00ff\tstatus 400",
        "a fragment in the path\t:method=GET;:scheme=http;:authority=h;:path=/a#b\tstatus 400",
        "CONNECT\t:method=CONNECT;:authority=h:80\tstatus 405",
      })
  void aHeadThatIsNone(String name, String head, String outcome) throws Exception {
    try (RawH2 client = new RawH2(waypoint.port("reviews"))) {
      client.frame(
          RawH2.HEADERS, RawH2.END_HEADERS | RawH2.END_STREAM, 1, RawH2.block(fields(head)));

      assertThat(client.outcome(1)).as(name).isEqualTo(outcome);
    }
  }

  /** RFC 9113 §8.3.1: the authority is what counts, and nobody behind us sees another host. */
  @Test
  void aHostBesideTheAuthorityIsDropped() throws Exception {
    try (RawH2 client = new RawH2(waypoint.port("reviews"))) {
      String[] two = fields(":method=GET;:scheme=http;:authority=h;:path=/well;host=other");
      client.frame(RawH2.HEADERS, RawH2.END_HEADERS | RawH2.END_STREAM, 1, RawH2.block(two));

      assertThat(client.outcome(1)).isEqualTo("status 200");
      assertThat(app.seen.getFirst().header("host")).isEqualTo("h");
    }
  }

  @Test
  void aBodyLongerThanItsLengthIsReset() throws Exception {
    try (RawH2 client = new RawH2(waypoint.port("reviews"))) {
      String[] post = fields(":method=POST;:scheme=http;:authority=h;:path=/well;content-length=3");
      client
          .frame(RawH2.HEADERS, RawH2.END_HEADERS, 1, RawH2.block(post))
          .frame(RawH2.DATA, RawH2.END_STREAM, 1, "abcdef".getBytes(StandardCharsets.US_ASCII));

      assertThat(client.outcome(1)).isEqualTo("RST 1");
    }
  }

  @Test
  void tooLargeFieldsAreReset() throws Exception {
    String[] large = Arrays.copyOf(GET, GET.length + 2);
    large[GET.length] = "x";
    large[GET.length + 1] = "a".repeat(90_000);
    try (RawH2 client = new RawH2(waypoint.port("reviews"))) {
      byte[] block = RawH2.block(large);
      client.frame(RawH2.HEADERS, RawH2.END_STREAM, 1, Arrays.copyOf(block, 16_000));
      for (int at = 16_000; at < block.length; at += 16_000) {
        int to = Math.min(at + 16_000, block.length);
        client.frame(
            RawH2.CONTINUATION,
            to == block.length ? RawH2.END_HEADERS : 0,
            1,
            Arrays.copyOfRange(block, at, to));
      }
      assertThat(client.outcome(1)).isEqualTo("RST 11");
    }
  }

  @Test
  void aFloodOfContinuationsEndsTheConnectionAndIsCounted() throws Exception {
    try (RawH2 client = new RawH2(waypoint.port("reviews"))) {
      flood(
          client,
          () -> client.frame(RawH2.HEADERS, RawH2.END_STREAM, 1, RawH2.block(GET)),
          () -> client.frame(RawH2.CONTINUATION, 0, 1, new byte[0]));

      assertThat(client.outcome(1)).isIn("GOAWAY 11", "closed");
    }
    assertCounted();
  }

  @Test
  void rapidResetsEndTheConnectionAndAreCounted() throws Exception {
    try (RawH2 client = new RawH2(waypoint.port("reviews"))) {
      String[] well = fields(":method=GET;:scheme=http;:authority=h;:path=/well");
      byte[] cancel = ByteBuffer.allocate(4).putInt(8).array();
      int[] stream = {-1};
      flood(
          client,
          () -> client,
          () ->
              client
                  .frame(
                      RawH2.HEADERS,
                      RawH2.END_HEADERS | RawH2.END_STREAM,
                      stream[0] += 2,
                      RawH2.block(well))
                  .frame(RawH2.RST_STREAM, 0, stream[0], cancel));

      assertThat(client.outcome(-1)).isIn("GOAWAY 11", "closed");
    }
    assertCounted();
  }

  @ParameterizedTest
  @CsvSource({"4", "6"})
  void floodsOfSettingsAndPingsEndTheConnection(int type) throws Exception {
    try (RawH2 client = new RawH2(waypoint.port("reviews"))) {
      byte[] payload = type == RawH2.PING ? new byte[8] : new byte[0];
      flood(client, () -> client, () -> client.frame(type, 0, 0, payload));

      assertThat(client.outcome(-1)).isIn("GOAWAY 11", "closed");
    }
    assertCounted();
  }

  private interface Sending {
    RawH2 run() throws IOException;
  }

  /** Until the server hangs up, or so often that it should have. */
  private static void flood(RawH2 client, Sending first, Sending again) throws IOException {
    first.run();
    try {
      for (int i = 0; i < 20_000; i++) {
        again.run();
      }
    } catch (SocketException e) {
      assertThat(e).as("the server hung up on %s", client).isNotNull();
    }
  }

  private void assertCounted() {
    PlainWaypoint.await(
        () -> waypoint.metrics().contains("marrow_waypoint_malformed_total{reason=\"http2_"));
    assertThat(waypoint.metrics()).contains("marrow_waypoint_malformed_total{reason=\"http2_");
  }
}
