package dev.marrow.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodyReaderTest {
  private final BodyReader reader = new BodyReader(new Limits(256, 1024, 8, 64));
  private final StringBuilder body = new StringBuilder();

  private void read(String text) {
    ByteBuf in = Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    reader.read(
        in,
        bytes -> {
          body.append(bytes.toString(StandardCharsets.ISO_8859_1));
          bytes.release();
        });
  }

  private static String wire(String text) {
    return text.replace("~", "\r\n").replace('_', '\n');
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "3~abc~0~~",
        "3;a~abc~0~~",
        "3;a=b;c=\"d;\\\"e\"~abc~0~~",
        "1~a~2~bc~00~~",
        "000003~abc~0~X-T: 1~~",
      })
  void aChunkedBodyIsPutTogetherHoweverItArrives(String text) {
    String wire = wire(text);
    for (int cut = 0; cut <= wire.length(); cut++) {
      body.setLength(0);
      reader.begin(Framing.CHUNKED);
      read(wire.substring(0, cut));
      read(wire.substring(cut));

      assertThat(reader.done()).as("cut at %d", cut).isTrue();
      assertThat(body).hasToString("abc");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "0x3~abc|BAD_CHUNK",
        "3 ~abc|BAD_CHUNK",
        " 3~abc|BAD_CHUNK",
        "+3~abc|BAD_CHUNK",
        "-3~abc|BAD_CHUNK",
        "~abc|BAD_CHUNK",
        ";a~abc|BAD_CHUNK",
        "3;~abc|BAD_CHUNK",
        "3;a=~abc|BAD_CHUNK",
        "3;a=\"b~abc|BAD_CHUNK",
        "3_abc|BARE_LINE_FEED",
        "3~abcX|BAD_CHUNK",
        "3~abc_|BAD_CHUNK",
        "ffffffffffffffff~|CHUNK_TOO_LARGE",
        "1;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa~|CHUNK_LINE_TOO_LONG",
        "0~bad trailer~~|BAD_FIELD_NAME",
        "0~a: b_|BARE_LINE_FEED",
      })
  void aBadChunkIsRefused(String text, HeadFault expected) {
    reader.begin(Framing.CHUNKED);

    read(wire(text));

    assertThat(reader.failed()).isTrue();
    assertThat(reader.fault()).isEqualTo(expected);
  }

  @Test
  void trailersAreHandedOver() {
    reader.begin(Framing.CHUNKED);

    read(wire("0~Grpc-Status: 0~~"));

    assertThat(reader.trailers().toString()).isEqualTo("grpc-status: 0\n");
  }

  @Test
  void aBodyOfKnownLengthEndsThere() {
    reader.begin(3);
    ByteBuf in = Unpooled.copiedBuffer("abcGET", StandardCharsets.ISO_8859_1);

    reader.read(in, ByteBuf::release);

    assertThat(reader.done()).isTrue();
    assertThat(in.toString(StandardCharsets.ISO_8859_1)).isEqualTo("GET");
  }

  @Test
  void onlyABodyUntilCloseIsWholeWhenTheConnectionEnds() {
    reader.begin(Framing.UNTIL_CLOSE);
    assertThat(reader.finish()).isTrue();
    reader.begin(3);
    assertThat(reader.finish()).isFalse();
    reader.begin(Framing.CHUNKED);
    assertThat(reader.finish()).isFalse();
  }

  @Test
  void extensionsWithoutDataAreBounded() {
    reader.begin(Framing.CHUNKED);
    for (int i = 0; i < 1000; i++) {
      read("1;" + "a".repeat(50) + "\r\nx\r\n");
    }

    assertThat(reader.fault()).isEqualTo(HeadFault.BAD_CHUNK);
  }
}
