package dev.marrow.http.hpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The examples of RFC 7541 Appendix C, and blocks that break its rules. */
class HpackVectorsTest {
  private final HpackDecoder decoder = new HpackDecoder(256);

  @Test
  void requestsWithoutHuffmanDecodeAsInC3() throws HpackException {
    assertThat(decode("828684410f7777772e6578616d706c652e636f6d"))
        .isEqualTo(":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com\n");
    assertThat(decode("828684be58086e6f2d6361636865"))
        .endsWith(":authority: www.example.com\ncache-control: no-cache\n");
    assertThat(decode("828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565"))
        .isEqualTo(
            ":method: GET\n:scheme: https\n:path: /index.html\n:authority: www.example.com\n"
                + "custom-key: custom-value\n");
  }

  @Test
  void requestsWithHuffmanDecodeAsInC4() throws HpackException {
    assertThat(decode("828684418cf1e3c2e5f23a6ba0ab90f4ff"))
        .endsWith(":authority: www.example.com\n");
    assertThat(decode("828684be5886a8eb10649cbf")).endsWith("cache-control: no-cache\n");
    assertThat(decode("828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"))
        .endsWith("custom-key: custom-value\n");
  }

  @Test
  void responsesEvictOldEntriesAsInC6() throws HpackException {
    decode(
        "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad17186"
            + "3c78f0b97c8e9ae82ae43d3");
    assertThat(decode("4883640effc1c0bf")).startsWith(":status: 307\n");
    assertThat(
            decode(
                "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6"
                    + "c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007"))
        .contains("content-encoding: gzip\n")
        .contains("set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1\n");
  }

  @ParameterizedTest
  @CsvSource({
    "80, index zero",
    "be, index behind the table",
    "3fe21f, table larger than allowed",
    "823f00, table size update behind a field",
    "ff, integer cut off",
    "ffffffffffffffffff, integer too long",
    "0085f2b24a87ff, string longer than the block",
    "0085f2b24a84ff8449509fff, padding longer than seven bits",
    "0084f2b24a848449509fff, padding with zeros",
    "0001610487ffffffff, EOS in a string",
  })
  void brokenBlocksAreRefused(String block, String why) {
    assertThatThrownBy(() -> decode(block)).as(why).isInstanceOf(HpackException.class);
  }

  @Test
  void aFieldThatMustNotBeIndexedKeepsItsMark() throws HpackException {
    var headers = new Headers().addSensitive(HeaderName.of("authorization"), "Bearer secret");
    var encoder = new HpackEncoder();
    int length = encoder.encode(headers);

    var decoded = new Headers();
    decoder.decode(encoder.array(), 0, length, decoded, 1 << 16, 100);

    assertThat(decoded.sensitive(0)).isTrue();
    assertThat(encoder.array()[0] & 0xf0).isEqualTo(0x10);
  }

  @Test
  void aBombOfReferencesStopsAtTheLimitAndTheTableStaysRight() throws HpackException {
    byte[] block = new byte[4000];
    byte[] first = HexFormat.of().parseHex("40016164" + "62".repeat(100));
    System.arraycopy(first, 0, block, 0, first.length);
    java.util.Arrays.fill(block, first.length, block.length, (byte) 0xbe);

    var into = new Headers();
    var result = decoder.decode(block, 0, block.length, into, 16_384, 10_000);

    assertThat(result).isEqualTo(HpackDecoder.Result.LIST_TOO_LARGE);
    assertThat(into.listBytes()).isLessThanOrEqualTo(16_384);
    assertThat(decode("be")).startsWith("a: bbb");
  }

  private String decode(String hex) throws HpackException {
    byte[] block = HexFormat.of().parseHex(hex);
    var headers = new Headers();
    decoder.decode(block, 0, block.length, headers, 1 << 16, 100);
    return headers.toString();
  }
}
