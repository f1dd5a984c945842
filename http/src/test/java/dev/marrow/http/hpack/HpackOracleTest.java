package dev.marrow.http.hpack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.http.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our codec against Netty's, both ways, on lists that share names and values. */
class HpackOracleTest {
  private static final String[] NAMES = {
    ":method", ":path", ":authority", "accept", "x-request-id", "cookie", "baggage", "etag", "via"
  };

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void nettyReadsWhatWeWrite(long seed) throws Http2Exception {
    var random = new Random(seed);
    var encoder = new HpackEncoder();
    var oracle = new DefaultHttp2HeadersDecoder(false, 1 << 20);
    for (int i = 0; i < 500; i++) {
      if (random.nextInt(20) == 0) {
        int table = random.nextInt(6000);
        encoder.peerTableBytes(Math.min(table, 4096));
      }
      Headers list = list(random);
      int length = encoder.encode(list);
      ByteBuf block = Unpooled.copiedBuffer(encoder.array(), 0, length);

      assertThat(text(oracle.decodeHeaders(1, block))).isEqualTo(text(list));
      block.release();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15})
  void weReadWhatNettyWrites(long seed) throws Exception {
    var random = new Random(seed);
    var oracle = new DefaultHttp2HeadersEncoder((name, value) -> random.nextInt(9) == 0);
    var decoder = new HpackDecoder(4096);
    for (int i = 0; i < 500; i++) {
      Headers list = list(random);
      var netty = new DefaultHttp2Headers(false);
      for (int at = 0; at < list.size(); at++) {
        netty.add(list.name(at), list.value(at));
      }
      ByteBuf block = Unpooled.buffer();
      oracle.encodeHeaders(1, netty, block);
      var decoded = new Headers();
      decoder.decode(block.array(), 0, block.writerIndex(), decoded, 1 << 20, 1000);

      assertThat(text(decoded)).isEqualTo(text(netty));
    }
  }

  @Test
  void randomBytesAreDecodedOrRefusedAndNeverMore() {
    var random = new Random(7);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] block = new byte[random.nextInt(60)];
      random.nextBytes(block);
      var into = new Headers();
      try {
        new HpackDecoder(4096).decode(block, 0, block.length, into, 2000, 20);
      } catch (HpackException e) {
        refused++;
      }
      assertThat(into.listBytes()).isLessThanOrEqualTo(2000);
      assertThat(into.size()).isLessThanOrEqualTo(20);
    }
    assertThat(refused).isBetween(1000, 20_000);
  }

  private static Headers list(Random random) {
    var list = new Headers();
    int fields = random.nextInt(12);
    for (int i = 0; i < fields; i++) {
      String name = NAMES[random.nextInt(NAMES.length)];
      int kind = random.nextInt(4);
      String value =
          switch (kind) {
            case 0 -> "";
            case 1 -> "value-" + random.nextInt(5);
            case 2 -> "x".repeat(random.nextInt(300));
            default -> Long.toHexString(random.nextLong()) + (char) (0x80 + random.nextInt(100));
          };
      list.add(name, value);
    }
    return list;
  }

  private static List<String> text(Headers headers) {
    var lines = new ArrayList<String>();
    for (int i = 0; i < headers.size(); i++) {
      lines.add(headers.name(i) + "=" + headers.value(i));
    }
    lines.sort(null);
    return lines;
  }

  private static List<String> text(Http2Headers headers) {
    var lines = new ArrayList<String>();
    for (Map.Entry<CharSequence, CharSequence> field : headers) {
      lines.add(field.getKey() + "=" + field.getValue());
    }
    lines.sort(null);
    return lines;
  }
}
