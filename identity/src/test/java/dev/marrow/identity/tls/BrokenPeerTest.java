package dev.marrow.identity.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.identity.PeerCheck;
import dev.marrow.identity.TestCa;
import dev.marrow.identity.TestCertificate;
import dev.marrow.identity.WorkloadCertificate;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Real handshakes with peers whose certificate is not good enough, as client and as server. */
class BrokenPeerTest {
  @RegisterExtension final OpenTls open = new OpenTls();
  private static final String SHOP = "spiffe://cluster.local/ns/shop/sa/shop";
  private static final String CART = "spiffe://cluster.local/ns/shop/sa/cart";
  private static final TestCa CA = TestCa.of("cluster.local");
  private static final WorkloadCertificate GOOD = CA.issue(CART);

  static Stream<Arguments> broken() {
    Instant now = Instant.now();
    TestCa intermediate = CA.intermediate();
    WorkloadCertificate orphan = intermediate.issue(SHOP);
    return Stream.of(
            Broken.leaf("EXPIRED", c -> c.valid(now.minusSeconds(99), now.minusSeconds(5))),
            Broken.leaf("NOT_YET_VALID", c -> c.valid(now.plusSeconds(600), now.plusSeconds(900))),
            Broken.leaf("SIGNING_LEAF", c -> c.ca(true)),
            Broken.leaf("BAD_KEY_USAGE", c -> c.without(Extension.keyUsage)),
            Broken.leaf("BAD_EXTENDED_KEY_USAGE", c -> c.purposes(KeyPurposeId.id_kp_codeSigning)),
            Broken.leaf("NO_SPIFFE_ID", c -> c.uris()),
            Broken.leaf("SEVERAL_URIS", c -> c.uris(SHOP, CART)),
            Broken.leaf("BAD_SPIFFE_ID", c -> c.uris("https://shop")),
            Broken.leaf("WEAK_CRYPTO", c -> c.signature("SHA1withECDSA")),
            Broken.leaf(
                "SIGNING_LEAF", c -> c.keyUsage(KeyUsage.digitalSignature | KeyUsage.cRLSign)),
            new Broken("UNKNOWN_TRUST_DOMAIN", CA.issue("spiffe://other.local/ns/shop/sa/shop")),
            new Broken(
                "BAD_SIGNATURE", TestCa.of("cluster.local").issue(SHOP, CA.bundle(), c -> {})),
            new Broken(
                "UNKNOWN_CA",
                TestCa.of("cluster.local", Clock.systemUTC(), c -> c.subject("O=x"))
                    .issue(SHOP, CA.bundle(), c -> {})),
            new Broken(
                "UNKNOWN_CA",
                new WorkloadCertificate(
                    orphan.id(), List.of(orphan.leaf()), orphan.key(), CA.bundle())),
            new Broken("BAD_ISSUER", CA.intermediate(c -> c.ca(false)).issue(SHOP)))
        .flatMap(b ->
            Arrays.stream(TlsSettings.Provider.values())
                .map(provider -> Arguments.of(b.why(), provider, b.certificate())));
  }

  private record Broken(String why, WorkloadCertificate certificate) {
    static Broken leaf(String why, Consumer<TestCertificate> change) {
      return new Broken(why, CA.issue(SHOP, change));
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("broken")
  void aBrokenClientIsRefused(
      String why, TlsSettings.Provider provider, WorkloadCertificate broken) {
    MeshTls tls = open.create(TlsSettings.DEFAULT.with(provider));
    try (var net = new Handshakes(a -> tls.server(a, GOOD, sameDomain()))) {
      var client = net.connect(a -> tls.client(a, broken, PeerCheck.is(GOOD.id())));

      assertThat(Handshakes.outcome(net.server())).isEqualTo(why);
      assertThat(Handshakes.outcome(client)).startsWith("PEER_ALERT_");
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("broken")
  void aBrokenServerIsRefused(
      String why, TlsSettings.Provider provider, WorkloadCertificate broken) {
    MeshTls tls = open.create(TlsSettings.DEFAULT.with(provider));
    try (var net = new Handshakes(a -> tls.server(a, broken, sameDomain()))) {
      var client = net.connect(a -> tls.client(a, GOOD, PeerCheck.is(broken.id())));

      assertThat(Handshakes.outcome(client)).isEqualTo(why);
      assertThat(Handshakes.outcome(net.server())).startsWith("PEER_ALERT_");
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("alerts")
  void theAlertSaysWhy(String alert, TlsSettings.Provider provider, WorkloadCertificate broken) {
    MeshTls tls = open.create(TlsSettings.DEFAULT.with(provider));
    try (var net = new Handshakes(a -> tls.server(a, GOOD, sameDomain()))) {
      var client = net.connect(a -> tls.client(a, broken, PeerCheck.is(GOOD.id())));

      assertThat(Handshakes.outcome(client)).isEqualTo("PEER_ALERT_" + alert);
    }
  }

  static Stream<Arguments> alerts() {
    return broken()
        .filter(a ->
            a.get()[1] == TlsSettings.Provider.BORINGSSL
                && List.of("EXPIRED", "UNKNOWN_CA").contains(a.get()[0]))
        .map(a ->
            Arguments.of(
                a.get()[0].equals("EXPIRED") ? "CERTIFICATE_EXPIRED" : "UNKNOWN_CA",
                a.get()[1],
                a.get()[2]));
  }

  private static PeerCheck sameDomain() {
    return PeerCheck.sameTrustDomain(CA.trustDomain());
  }
}
