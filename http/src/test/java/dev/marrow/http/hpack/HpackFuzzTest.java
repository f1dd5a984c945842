package dev.marrow.http.hpack;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.marrow.http.Headers;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes as a header block: decoded within the limits or refused. */
class HpackFuzzTest {
  // RFC 7541 appendix C: literal and Huffman-coded requests, a table that shrinks.
  static Stream<byte[]> blocks() {
    return Stream.of(
            "828684410f7777772e6578616d706c652e636f6d",
            "828684418cf1e3c2e5f23a6ba0ab90f4ff",
            "400a637573746f6d2d6b65790d637573746f6d2d686561646572",
            "203fe11f82")
        .map(HexFormat.of()::parseHex);
  }

  @MethodSource("blocks")
  @FuzzTest
  void aBlockStaysWithinTheLimits(byte[] block) {
    var decoder = new HpackDecoder(4096);
    for (int round = 0; round < 2; round++) {
      var headers = new Headers();
      try {
        decoder.decode(block, 0, block.length, headers, 2000, 20);
      } catch (HpackException refused) {
        assertThat(refused).hasMessageMatching("(?s).+");
        return;
      } finally {
        assertThat(headers.listBytes()).isLessThanOrEqualTo(2000);
        assertThat(headers.size()).isLessThanOrEqualTo(20);
      }
    }
  }
}
