package dev.marrow.identity.issue;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.marrow.identity.Pem;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.TestCa;
import dev.marrow.identity.TestClock;
import dev.marrow.identity.WorkloadCertificate;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any text as the answer of an authority: a certificate of ours, or a refusal with words. */
class CsrAnswerFuzzTest {
  private static final SpiffeId SHOP = SpiffeId.parse("spiffe://cluster.local/ns/shop/sa/shop");
  private static final TestClock CLOCK = TestClock.noon();
  private static final TestCa CA = TestCa.of("cluster.local", CLOCK);
  private static final WorkloadCertificate ISSUED = CA.issue(SHOP.toString());

  /** Entries are separated by a zero byte. */
  static Stream<byte[]> answers() {
    String leaf = Pem.encode(ISSUED.leaf());
    String root = Pem.encode(CA.root());
    return Stream.of(leaf + "\0" + root, leaf + root + "\0" + root, "\0", leaf + "\0-----BEGIN")
        .map(text -> text.getBytes(StandardCharsets.US_ASCII));
  }

  @MethodSource("answers")
  @FuzzTest
  void anAnswerIsTakenOrRefusedWithWords(byte[] input) {
    List<String> entries = List.of(new String(input, StandardCharsets.ISO_8859_1).split("\0", -1));
    var key = new KeyPair(ISSUED.leaf().getPublicKey(), ISSUED.key());

    Issue issue = new CsrAnswer(SHOP, key, Set.of(), CLOCK).check(entries);

    switch (issue) {
      case Issue.Issued(WorkloadCertificate taken) -> assertThat(taken.id()).isEqualTo(SHOP);
      case Issue.NotIssued why -> assertThat(why.detail()).isNotEmpty();
    }
  }
}
