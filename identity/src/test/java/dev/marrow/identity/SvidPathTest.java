package dev.marrow.identity;

import static dev.marrow.identity.PeerRefusal.BAD_ISSUER;
import static dev.marrow.identity.PeerRefusal.BAD_SIGNATURE;
import static dev.marrow.identity.PeerRefusal.EXPIRED;
import static dev.marrow.identity.PeerRefusal.NAME_CONSTRAINTS;
import static dev.marrow.identity.PeerRefusal.NOT_YET_VALID;
import static dev.marrow.identity.PeerRefusal.PATH_TOO_LONG;
import static dev.marrow.identity.PeerRefusal.UNKNOWN_CA;
import static dev.marrow.identity.PeerRefusal.UNKNOWN_CRITICAL_EXTENSION;
import static dev.marrow.identity.PeerRefusal.UNKNOWN_TRUST_DOMAIN;
import static dev.marrow.identity.PeerRefusal.WEAK_CRYPTO;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** From the leaf to a root. */
class SvidPathTest {
  private static final String SHOP = "spiffe://cluster.local/ns/shop/sa/shop";
  private static final ASN1ObjectIdentifier UNKNOWN =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1");

  private final TestClock clock = TestClock.noon();
  private final TestCa ca = TestCa.of("cluster.local", clock);

  @Test
  void anIntermediateLeadsToTheRoot() {
    assertThat(verify(ca.intermediate().issue(SHOP))).isInstanceOf(Verdict.Verified.class);
    assertThat(verify(ca.intermediate().intermediate().issue(SHOP)))
        .isInstanceOf(Verdict.Verified.class);
  }

  @Test
  void theOrderOfIntermediatesDoesNotMatter() {
    List<X509Certificate> chain =
        new ArrayList<>(ca.intermediate().intermediate().issue(SHOP).chain());
    Collections.swap(chain, 1, 2);

    assertThat(verify(chain)).isInstanceOf(Verdict.Verified.class);
  }

  static Stream<Arguments> brokenIssuers() {
    Instant now = TestClock.noon().instant();
    Instant longAgo = now.minus(Duration.ofDays(9));
    return Stream.of(
        broken("expired", c -> c.valid(longAgo, now.minusSeconds(1)), EXPIRED),
        broken(
            "not valid yet", c -> c.valid(now.plusSeconds(60), now.plusSeconds(99)), NOT_YET_VALID),
        broken("no CA", c -> c.ca(false), BAD_ISSUER),
        broken("without basic constraints", c -> c.without(Extension.basicConstraints), BAD_ISSUER),
        broken("may not sign certificates", c -> c.keyUsage(KeyUsage.cRLSign), BAD_ISSUER),
        broken(
            "with an unknown critical extension",
            c -> c.extension(UNKNOWN, true, DERNull.INSTANCE),
            UNKNOWN_CRITICAL_EXTENSION),
        broken("signed with SHA-1", c -> c.signature("SHA1withECDSA"), WEAK_CRYPTO),
        broken(
            "excludes the trust domain",
            c ->
                c.extension(
                    Extension.nameConstraints,
                    true,
                    new NameConstraints(null, subtree("cluster.local"))),
            NAME_CONSTRAINTS),
        broken(
            "is for another trust domain",
            c ->
                c.extension(
                    Extension.nameConstraints,
                    true,
                    new NameConstraints(subtree("other.local"), null)),
            NAME_CONSTRAINTS));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("brokenIssuers")
  void anIssuerThatMayNotIssueIsRefused(
      String name, Consumer<TestCertificate> change, PeerRefusal why) {
    assertThat(refusal(verify(ca.intermediate(change).issue(SHOP)))).isEqualTo(why);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("brokenIssuers")
  void aRootThatMayNotIssueIsRefused(
      String name, Consumer<TestCertificate> change, PeerRefusal why) {
    if (why == WEAK_CRYPTO) {
      return; // Nobody relies on a root's signature of itself.
    }
    assertThat(refusal(verify(TestCa.of("cluster.local", clock, change).issue(SHOP))))
        .isEqualTo(why);
  }

  @Test
  void aConstraintToItsOwnTrustDomainIsHonoured() {
    TestCa constrained =
        ca.intermediate(c ->
            c.extension(
                Extension.nameConstraints,
                true,
                new NameConstraints(subtree("cluster.local"), null)));

    assertThat(verify(constrained.issue(SHOP))).isInstanceOf(Verdict.Verified.class);
  }

  @Test
  void aConstraintCannotBePassedByATrustDomainThatIsNoHostName() {
    TestCa odd =
        TestCa.of(
            "my_domain",
            clock,
            c ->
                c.extension(
                    Extension.nameConstraints,
                    true,
                    new NameConstraints(null, subtree("other.local"))));

    assertThat(refusal(verify(odd.issue("spiffe://my_domain/ns/a/sa/b"))))
        .isEqualTo(NAME_CONSTRAINTS);
  }

  @Test
  void aPathLongerThanAnIssuerAllowsIsRefused() {
    TestCa last = ca.intermediate(c -> c.pathLength(0)).intermediate();

    assertThat(refusal(verify(last.issue(SHOP)))).isEqualTo(PATH_TOO_LONG);
  }

  @Test
  void withoutItsIntermediateALeafLeadsNowhere() {
    WorkloadCertificate leaf = ca.intermediate().issue(SHOP);

    assertThat(refusal(verify(List.of(leaf.leaf())))).isEqualTo(UNKNOWN_CA);
  }

  @Test
  void anotherAuthorityOfTheSameNameIsRefused() {
    WorkloadCertificate forged = TestCa.of("cluster.local", clock).issue(SHOP);

    assertThat(refusal(verify(forged.chain()))).isIn(UNKNOWN_CA, BAD_SIGNATURE);
  }

  @Test
  void aSelfSignedLeafIsRefused() {
    assertThat(refusal(verify(List.of(ca.leaf(SHOP).selfSigned())))).isEqualTo(UNKNOWN_CA);
  }

  @Test
  void aMazeOfCrossSignedIssuersEndsSoon() {
    List<TestCa> maze = new ArrayList<>();
    TestCa stranger = TestCa.of("stranger", clock, c -> c.subject("O=cluster.local"));
    for (int i = 0; i < 7; i++) {
      maze.add(stranger.intermediate(c -> c.subject("O=cluster.local")));
    }
    List<X509Certificate> chain = new ArrayList<>(List.of(maze.getFirst().issue(SHOP).leaf()));
    maze.forEach(m -> chain.add(m.certificate()));

    assertThat(refusal(verify(chain))).isIn(UNKNOWN_CA, BAD_SIGNATURE);
  }

  @Test
  void anotherTrustDomainIsRefusedEvenIfOurAuthoritySignedIt() {
    assertThat(refusal(verify(ca.issue("spiffe://other.local/ns/shop/sa/shop"))))
        .isEqualTo(UNKNOWN_TRUST_DOMAIN);
  }

  @Test
  void aRootVouchesOnlyForItsOwnTrustDomain() {
    TestCa other = TestCa.of("other.local", clock);
    TrustBundle both = ca.bundleWith(other);
    WorkloadCertificate federated = other.issue("spiffe://other.local/ns/a/sa/b");
    WorkloadCertificate forged = ca.issue("spiffe://other.local/ns/a/sa/b");

    assertThat(verifier().verify(federated.chain(), PeerRole.CLIENT, both))
        .isInstanceOf(Verdict.Verified.class);
    assertThat(refusal(verifier().verify(forged.chain(), PeerRole.CLIENT, both)))
        .isEqualTo(UNKNOWN_CA);
  }

  private SvidVerifier verifier() {
    return SvidVerifier.of(clock);
  }

  private Verdict verify(WorkloadCertificate certificate) {
    return verifier().verify(certificate.chain(), PeerRole.CLIENT, certificate.trust());
  }

  private Verdict verify(List<X509Certificate> chain) {
    return verifier().verify(chain, PeerRole.CLIENT, ca.bundle());
  }

  private static PeerRefusal refusal(Verdict verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Refused.class);
    return ((Verdict.Refused) verdict).why();
  }

  private static Arguments broken(String name, Consumer<TestCertificate> change, PeerRefusal why) {
    return Arguments.of(name, change, why);
  }

  private static GeneralSubtree[] subtree(String host) {
    return new GeneralSubtree[] {
      new GeneralSubtree(new GeneralName(GeneralName.uniformResourceIdentifier, host))
    };
  }
}
