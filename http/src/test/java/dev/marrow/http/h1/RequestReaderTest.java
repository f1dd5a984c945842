package dev.marrow.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.http.HeaderName;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestReaderTest {
  private final RequestReader reader = new RequestReader(new Limits(256, 1024, 8, 64));

  /**
   * In the table {@code ~} stands for CR LF, {@code _} for a line feed alone, {@code ^} for NUL.
   */
  private HeadReader.Progress read(String text) {
    String wire = text.replace("~", "\r\n").replace('_', '\n').replace('^', '\0');
    ByteBuf in = Unpooled.copiedBuffer(wire, StandardCharsets.ISO_8859_1);
    reader.reset();
    return reader.read(in);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "GET / HTTP/1.1_Host: a~~|BARE_LINE_FEED",
        "GET / HTTP/1.1~Host: a_~~|BARE_LINE_FEED",
        "GET  / HTTP/1.1~Host: a~~|BAD_REQUEST_LINE",
        "GET / HTTP/1.1 ~Host: a~~|BAD_VERSION",
        "GET /~Host: a~~|BAD_REQUEST_LINE",
        "GET / http/1.1~Host: a~~|BAD_VERSION",
        "GET / HTTP/1.~Host: a~~|BAD_VERSION",
        "GET / HTTP/2.0~Host: a~~|VERSION_NOT_SUPPORTED",
        "GE(T / HTTP/1.1~Host: a~~|BAD_METHOD",
        " / HTTP/1.1~Host: a~~|BAD_METHOD",
        "GET /a#b HTTP/1.1~Host: a~~|BAD_TARGET",
        "GET a HTTP/1.1~Host: a~~|BAD_TARGET",
        "GET * HTTP/1.1~Host: a~~|BAD_TARGET",
        "GET ftp://a/ HTTP/1.1~Host: a~~|BAD_TARGET",
        "GET http:///x HTTP/1.1~Host: a~~|BAD_TARGET",
        "GET http://u@h/ HTTP/1.1~Host: a~~|BAD_TARGET",
        "CONNECT /x HTTP/1.1~Host: a~~|BAD_TARGET",
        "GET /é HTTP/1.1~Host: a~~|BAD_TARGET",
        "GET / HTTP/1.1~~|NO_HOST",
        "GET / HTTP/1.1~Host: a~Host: a~~|SEVERAL_HOSTS",
        "GET / HTTP/1.1~Host: a b~~|BAD_HOST",
        "GET / HTTP/1.1~Host: a/b~~|BAD_HOST",
        "GET / HTTP/1.1~Host: a:99999~~|BAD_HOST",
        "GET / HTTP/1.1~Host: a~ x: folded~~|FOLDED_LINE",
        "GET / HTTP/1.1~ Host: a~~|FOLDED_LINE",
        "GET / HTTP/1.1~Host : a~~|BAD_FIELD_NAME",
        "GET / HTTP/1.1~Host: a~: b~~|BAD_FIELD_NAME",
        "GET / HTTP/1.1~Host: a~X y: b~~|BAD_FIELD_NAME",
        "GET / HTTP/1.1~Host: a~no colon~~|BAD_FIELD_NAME",
        "GET / HTTP/1.1~Host: a~X: b^c~~|BAD_FIELD_VALUE",
        "POST / HTTP/1.1~Host: a~Content-Length: 1~Content-Length: 1~~|BAD_CONTENT_LENGTH",
        "POST / HTTP/1.1~Host: a~Content-Length: 1, 1~~|BAD_CONTENT_LENGTH",
        "POST / HTTP/1.1~Host: a~Content-Length: +1~~|BAD_CONTENT_LENGTH",
        "POST / HTTP/1.1~Host: a~Content-Length: -1~~|BAD_CONTENT_LENGTH",
        "POST / HTTP/1.1~Host: a~Content-Length: 0x1~~|BAD_CONTENT_LENGTH",
        "POST / HTTP/1.1~Host: a~Content-Length: 1 1~~|BAD_CONTENT_LENGTH",
        "POST / HTTP/1.1~Host: a~Content-Length:~~|BAD_CONTENT_LENGTH",
        "POST / HTTP/1.1~Host: a~Content-Length: 99999999999999999999~~|BAD_CONTENT_LENGTH",
        "POST / HTTP/1.1~Host: a~Content-Length: 1~Transfer-Encoding: chunked~~|LENGTH_AND_TRANSFER_ENCODING",
        "POST / HTTP/1.0~Host: a~Transfer-Encoding: chunked~~|TRANSFER_ENCODING_IN_HTTP_1_0",
        "POST / HTTP/1.1~Host: a~Transfer-Encoding : chunked~~|BAD_FIELD_NAME",
        "POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked, identity~~|BAD_TRANSFER_ENCODING",
        "POST / HTTP/1.1~Host: a~Transfer-Encoding: identity, chunked~~|BAD_TRANSFER_ENCODING",
        "POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked, chunked~~|BAD_TRANSFER_ENCODING",
        "POST / HTTP/1.1~Host: a~Transfer-Encoding: xchunked~~|BAD_TRANSFER_ENCODING",
        "POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked;x~~|BAD_TRANSFER_ENCODING",
        "POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~Transfer-Encoding: chunked~~|BAD_TRANSFER_ENCODING",
        "POST / HTTP/1.1~Host: a~Transfer-Encoding: gzip, chunked~~|UNKNOWN_TRANSFER_CODING",
        "~~~~~|BAD_REQUEST_LINE",
      })
  void whatCouldBeReadInTwoWaysIsRefused(String text, HeadFault expected) {
    assertThat(read(text)).isEqualTo(HeadReader.Progress.FAILED);
    assertThat(reader.fault()).isEqualTo(expected);
  }

  @Test
  void aCarriageReturnInsideALineIsRefused() {
    assertThat(read("GET / HTTP/1.1~Host: a~X: a\rb~~")).isEqualTo(HeadReader.Progress.FAILED);
    assertThat(reader.fault()).isEqualTo(HeadFault.BAD_FIELD_VALUE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET /a?b=c HTTP/1.1~Host: h:8080~~|h:8080|/a?b=c",
        "~GET / HTTP/1.1~Host: h~~|h|/",
        "OPTIONS * HTTP/1.1~Host: h~~|h|*",
        "GET http://other:1/x HTTP/1.1~Host: h~~|other:1|/x",
        "GET http://other HTTP/1.1~Host: h~~|other|/",
        "GET http://other?q HTTP/1.1~Host: h~~|other|/?q",
        "GET / HTTP/1.1~Host: [fd00::1]:80~~|[fd00::1]:80|/",
        "GET / HTTP/1.1~Host: h~Transfer-Encoding: Chunked~~|h|/",
      })
  void aSoundRequestLineBecomesPseudoHeaders(String text, String authority, String path) {
    assertThat(read(text)).isEqualTo(HeadReader.Progress.COMPLETE);

    assertThat(reader.headers().first(HeaderName.AUTHORITY)).contains(authority);
    assertThat(reader.headers().first(HeaderName.PATH)).contains(path);
    assertThat(reader.headers().contains(HeaderName.HOST)).isFalse();
  }

  @Test
  void namesAreFoldedValuesTrimmedAndOrderKept() {
    assertThat(read("GET / HTTP/1.1~X-B:\t1 ~Host: h~x-a:2~X-B: 3~~"))
        .isEqualTo(HeadReader.Progress.COMPLETE);

    assertThat(reader.headers().toString())
        .isEqualTo(
            ":method: GET\n:scheme: http\n:authority: h\n:path: /\nx-b: 1\nx-a: 2\nx-b: 3\n");
  }

  @Test
  void theHeadMayArriveInAnyPieces() {
    String wire = "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
    for (int cut = 0; cut < wire.length() - 3; cut++) {
      reader.reset();
      var first = Unpooled.copiedBuffer(wire.substring(0, cut), StandardCharsets.ISO_8859_1);
      var rest = Unpooled.copiedBuffer(wire.substring(cut), StandardCharsets.ISO_8859_1);

      assertThat(reader.read(first)).isEqualTo(HeadReader.Progress.MORE);
      assertThat(reader.read(rest)).isEqualTo(HeadReader.Progress.COMPLETE);
      assertThat(rest.toString(StandardCharsets.ISO_8859_1)).isEqualTo("abc");
      assertThat(reader.body()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 100_000})
  void aLongTargetGets414(int length) {
    assertThat(read("GET /" + "a".repeat(length))).isEqualTo(HeadReader.Progress.FAILED);
    assertThat(reader.fault().status()).isEqualTo(414);
  }

  @Test
  void aLargeHeadGets431() {
    assertThat(read("GET / HTTP/1.1~Host: h~X: " + "a".repeat(2000)))
        .isEqualTo(HeadReader.Progress.FAILED);
    assertThat(reader.fault().status()).isEqualTo(431);
  }

  @Test
  void manyFieldsGet431() {
    assertThat(read("GET / HTTP/1.1~Host: h~" + "a: b~".repeat(8) + "~"))
        .isEqualTo(HeadReader.Progress.FAILED);
    assertThat(reader.fault()).isEqualTo(HeadFault.TOO_MANY_FIELDS);
  }

  @Test
  void aLongMethodGets501() {
    assertThat(read("A".repeat(65) + " / HTTP/1.1~Host: h~~"))
        .isEqualTo(HeadReader.Progress.FAILED);
    assertThat(reader.fault().status()).isEqualTo(501);
  }

  @Test
  void oneReaderReadsHeadAfterHead() {
    for (String path : List.of("/one", "/two", "/three")) {
      assertThat(read("GET " + path + " HTTP/1.1~Host: h~~"))
          .isEqualTo(HeadReader.Progress.COMPLETE);
      assertThat(reader.headers().first(HeaderName.PATH)).contains(path);
    }
  }
}
