package dev.marrow.identity.revocation;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.marrow.identity.TestCa;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes as a revocation list. */
class CrlFuzzTest {
  static Stream<byte[]> lists() {
    TestCa ca = TestCa.of("cluster.local");
    return Stream.of(
        TestCrl.der(ca, Instant.now(), ca.issue("spiffe://cluster.local/ns/a/sa/b").leaf()));
  }

  @MethodSource("lists")
  @FuzzTest
  void aListIsReadOrIsAnIllegalArgument(byte[] content) {
    try {
      assertThat(CrlFile.parse(content)).isNotEmpty();
    } catch (IllegalArgumentException refused) {
      assertThat(refused).hasMessageStartingWith("crl: ");
    }
  }
}
