package dev.marrow.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.spiffe.bundle.x509bundle.X509Bundle;
import io.spiffe.bundle.x509bundle.X509BundleSet;
import io.spiffe.exception.BundleNotFoundException;
import io.spiffe.svid.x509svid.X509SvidValidator;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;

/** Beside java-spiffe, which somebody else wrote from the same standards. */
class SpiffeOracleTest {
  private static final long SEED = 20261123;
  private static final String SHOP = "spiffe://cluster.local/ns/shop/sa/shop";
  private static final String[] PIECES = {
    "spiffe://",
    "spiffe:/",
    "SPIFFE://",
    "https://",
    "cluster.local",
    "td",
    "Td",
    "1.2.3.4",
    "a_b",
    "-",
    ".",
    "..",
    "/",
    "//",
    "ns",
    "sa",
    "shop",
    "%41",
    "é",
    " ",
    ":80",
    "@",
    "?q",
    "#f",
    "\0",
    "A",
  };

  @Test
  void bothReadTheSameIds() {
    Random random = new Random(SEED);
    int accepted = 0;
    for (int i = 0; i < 50_000; i++) {
      String text = text(random);

      // They fold case. We take an id exactly as it is written, or not at all.
      Optional<String> exactly = theirs(text).filter(text::equals);
      Optional<String> ours = ours(text);
      assertThat(ours).as("'%s', seed %d", text, SEED).isEqualTo(exactly);
      accepted += ours.isPresent() ? 1 : 0;
    }
    assertThat(accepted).isGreaterThan(500);
  }

  @Test
  void whatWeAcceptTheyAccept() throws Exception {
    Random random = new Random(SEED);
    TestCa ca = TestCa.of("cluster.local");
    TestCa other = TestCa.of("other.local");
    SvidVerifier verifier = SvidVerifier.of(Clock.systemUTC());
    int accepted = 0;
    for (int i = 0; i < 400; i++) {
      WorkloadCertificate candidate = candidate(random, ca, other);

      Verdict ours = verifier.verify(candidate.chain(), PeerRole.CLIENT, ca.bundleWith(other));
      if (ours instanceof Verdict.Verified) {
        accepted++;
        assertThat(theyAccept(candidate.chain(), ca, other))
            .as("round %d, seed %d", i, SEED)
            .isTrue();
      }
    }
    assertThat(accepted).isGreaterThan(20);
  }

  private static WorkloadCertificate candidate(Random random, TestCa ca, TestCa other) {
    TestCa root = random.nextInt(4) == 0 ? other : ca;
    TestCa issuer = random.nextBoolean() ? root : root.intermediate();
    List<Consumer<TestCertificate>> changes = changes();
    Consumer<TestCertificate> one = changes.get(random.nextInt(changes.size()));
    Consumer<TestCertificate> two =
        random.nextInt(3) == 0 ? changes.get(random.nextInt(changes.size())) : c -> {};
    String id = random.nextInt(4) == 0 ? "spiffe://other.local/ns/a/sa/b" : SHOP;
    return issuer.issue(id, one.andThen(two));
  }

  private static List<Consumer<TestCertificate>> changes() {
    Instant now = Instant.now();
    return List.of(
        c -> {},
        c -> {},
        c -> c.valid(now.minusSeconds(99), now.minusSeconds(9)),
        c -> c.ca(true),
        c -> c.keyUsage(KeyUsage.keyCertSign),
        c -> c.keyUsage(KeyUsage.keyEncipherment),
        c -> c.without(Extension.keyUsage),
        c -> c.without(Extension.basicConstraints),
        c -> c.purposes(KeyPurposeId.id_kp_clientAuth),
        c -> c.uris(),
        c -> c.uris(SHOP, SHOP),
        c -> c.uris("spiffe://cluster.local"),
        c -> c.uris("https://cluster.local/x"));
  }

  private static boolean theyAccept(List<X509Certificate> chain, TestCa... roots)
      throws BundleNotFoundException {
    List<X509Bundle> bundles = new ArrayList<>();
    for (TestCa root : roots) {
      var domain = io.spiffe.spiffeid.TrustDomain.parse(root.trustDomain().name());
      bundles.add(new X509Bundle(domain, Set.of(root.root())));
    }
    try {
      X509SvidValidator.verifyChain(chain, X509BundleSet.of(bundles));
      return true;
    } catch (CertificateException refused) {
      return false;
    }
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? "" : "spiffe://");
    int pieces = random.nextInt(7);
    for (int i = 0; i < pieces; i++) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString();
  }

  private static Optional<String> ours(String text) {
    try {
      return Optional.of(SpiffeId.parse(text).toString());
    } catch (IllegalArgumentException refused) {
      return Optional.empty();
    }
  }

  private static Optional<String> theirs(String text) {
    try {
      return Optional.of(io.spiffe.spiffeid.SpiffeId.parse(text).toString());
    } catch (RuntimeException refused) {
      return Optional.empty();
    }
  }
}
