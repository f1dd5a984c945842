package dev.marrow.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.marrow.identity.revocation.CrlStore;
import dev.marrow.identity.revocation.TestCrl;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever bytes come in: a verdict goes out, never an exception. */
class MalformedInputTest {
  private static final long SEED = 42;
  private static final String SHOP = "spiffe://cluster.local/ns/shop/sa/shop";

  private final TestClock clock = TestClock.noon();
  private final TestCa ca = TestCa.of("cluster.local", clock);

  @Test
  void damagedCertificatesAreRefused() {
    SvidVerifier verifier = SvidVerifier.of(clock);
    List<X509Certificate> chain = ca.intermediate().issue(SHOP).chain();
    Random random = new Random(SEED);
    for (int i = 0; i < 5_000; i++) {
      byte[][] der = Certificates.encoded(chain);
      int which = random.nextInt(der.length);
      der[which] = damaged(der[which], random);

      Verdict verdict = verifier.verify(der, PeerRole.CLIENT, ca.bundle());

      assertThat(verdict).as("round %d, seed %d", i, SEED).isInstanceOf(Verdict.Refused.class);
    }
  }

  @Test
  void damagedListsAreNotRead(@TempDir Path temp) throws IOException {
    WorkloadCertificate shop = ca.issue(SHOP);
    byte[] list = TestCrl.der(ca, clock.instant(), shop.leaf());
    Path file = Files.write(temp.resolve("a.crl"), list);
    CrlStore store = CrlStore.open(file, CrlStore.Unknown.ACCEPT, clock);
    Random random = new Random(SEED);
    for (int i = 0; i < 500; i++) {
      Files.write(file, damaged(list, random));

      assertThatCode(store::reload).as("round %d, seed %d", i, SEED).doesNotThrowAnyException();
      store.refusal(List.of(shop.leaf(), ca.root()));
    }
  }

  @Test
  void damagedPemIsAnIllegalArgument() {
    String pem = Pem.encode(ca.root()) + Pem.encode(ca.key().getPrivate());
    byte[] text = pem.getBytes(StandardCharsets.US_ASCII);
    Random random = new Random(SEED);
    for (int i = 0; i < 2_000; i++) {
      String damaged = new String(damaged(text, random), StandardCharsets.ISO_8859_1);

      assertOnlyIllegalArgument(() -> Pem.certificates(damaged));
      assertOnlyIllegalArgument(() -> Pem.privateKey(damaged));
    }
  }

  private static void assertOnlyIllegalArgument(Runnable reader) {
    try {
      reader.run();
    } catch (IllegalArgumentException expected) {
      assertThat(expected.getMessage()).startsWith("pem: ");
    }
  }

  /** One to three bytes changed, or the end cut off. */
  private static byte[] damaged(byte[] original, Random random) {
    byte[] copy = original.clone();
    if (random.nextInt(20) == 0) {
      return Arrays.copyOf(copy, random.nextInt(copy.length));
    }
    for (int i = 0; i <= random.nextInt(3); i++) {
      copy[random.nextInt(copy.length)] ^= (byte) (1 + random.nextInt(255));
    }
    return Arrays.equals(copy, original) ? damaged(original, random) : copy;
  }
}
