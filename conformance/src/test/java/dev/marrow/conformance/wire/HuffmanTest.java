package dev.marrow.conformance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class HuffmanTest {
  @Test
  void theExampleOfTheRfcIsDecoded() throws Exception {
    byte[] coded = HexFormat.of().parseHex("f1e3c2e5f23a6ba0ab90f4ff");

    byte[] plain = Huffman.decode(coded, 0, coded.length);

    assertThat(new String(plain, StandardCharsets.US_ASCII)).isEqualTo("www.example.com");
  }
}
