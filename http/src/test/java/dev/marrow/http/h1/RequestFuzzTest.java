package dev.marrow.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any bytes as a request head: where they are cut makes no difference to what is read, though it
 * may to which of two faults is seen first.
 */
class RequestFuzzTest {
  private static final Limits LIMITS = new Limits(256, 1024, 8, 64);

  static Stream<byte[]> heads() {
    return Stream.of(
            "GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n",
            "POST http://h:80/b HTTP/1.1\r\nHost: h:80\r\nContent-Length: 3\r\nx: y\r\n\r\nabc",
            "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
            "OPTIONS * HTTP/1.0\nHost: h\n\n",
            "CONNECT [::1]:1 HTTP/1.1\r\nHost: [::1]:1\r\n\r\n")
        .map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @MethodSource("heads")
  @FuzzTest
  void aHeadReadsTheSameInOnePieceAndByteByByte(byte[] input) {
    var whole = new RequestReader(LIMITS);
    var piecemeal = new RequestReader(LIMITS);

    HeadReader.Progress atOnce = read(whole, input, input.length);
    HeadReader.Progress byByte = read(piecemeal, input, 1);

    assertThat(byByte).isEqualTo(atOnce);
    if (atOnce == HeadReader.Progress.COMPLETE) {
      assertThat(piecemeal.headers().toString()).isEqualTo(whole.headers().toString());
    }
  }

  private static HeadReader.Progress read(RequestReader reader, byte[] input, int piece) {
    var progress = HeadReader.Progress.MORE;
    for (int at = 0; at < input.length && progress == HeadReader.Progress.MORE; at += piece) {
      ByteBuf in = Unpooled.wrappedBuffer(input, at, Math.min(piece, input.length - at));
      progress = reader.read(in);
      in.release();
    }
    return progress;
  }
}
