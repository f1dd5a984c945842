package dev.marrow.identity;

import static dev.marrow.identity.PeerRefusal.BAD_EXTENDED_KEY_USAGE;
import static dev.marrow.identity.PeerRefusal.BAD_KEY_USAGE;
import static dev.marrow.identity.PeerRefusal.BAD_SIGNATURE;
import static dev.marrow.identity.PeerRefusal.BAD_SPIFFE_ID;
import static dev.marrow.identity.PeerRefusal.CHAIN_TOO_LARGE;
import static dev.marrow.identity.PeerRefusal.EXPIRED;
import static dev.marrow.identity.PeerRefusal.MALFORMED;
import static dev.marrow.identity.PeerRefusal.NOT_YET_VALID;
import static dev.marrow.identity.PeerRefusal.NO_CERTIFICATE;
import static dev.marrow.identity.PeerRefusal.NO_SPIFFE_ID;
import static dev.marrow.identity.PeerRefusal.SEVERAL_URIS;
import static dev.marrow.identity.PeerRefusal.SIGNING_LEAF;
import static dev.marrow.identity.PeerRefusal.UNKNOWN_CRITICAL_EXTENSION;
import static dev.marrow.identity.PeerRefusal.WEAK_CRYPTO;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SvidVerifierTest {
  private static final String SHOP = "spiffe://cluster.local/ns/shop/sa/shop";
  private static final ASN1ObjectIdentifier UNKNOWN =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1");

  private final TestClock clock = TestClock.noon();
  private final TestCa ca = TestCa.of("cluster.local", clock);

  static Stream<Arguments> goodLeafs() {
    return Stream.of(
        leaf("as it should be", c -> {}),
        leaf("without extended key usage", c -> c.without(Extension.extendedKeyUsage)),
        leaf("for any purpose", c -> c.purposes(KeyPurposeId.anyExtendedKeyUsage)),
        leaf(
            "with other names beside the URI",
            c ->
                c.name(GeneralName.dNSName, "shop")
                    .name(GeneralName.iPAddress, "10.0.0.1")
                    .name(GeneralName.rfc822Name, "a@b.c")),
        leaf("with an empty subject", c -> c.subject("")),
        leaf(
            "with an unknown extension that is not critical",
            c -> c.extension(UNKNOWN, false, DERNull.INSTANCE)),
        leaf("with an RSA-2048 key", c -> c.key(TestCa.keyPair("RSA", 2048))),
        leaf("with a P-384 key", c -> c.key(TestCa.keyPair("EC", 384))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("goodLeafs")
  void aGoodLeafProvesItsId(String name, Consumer<TestCertificate> change) {
    Verdict verdict = verify(ca.issue(SHOP, change));

    assertThat(verdict).isEqualTo(new Verdict.Verified(SpiffeId.parse(SHOP), path(verdict)));
  }

  static Stream<Arguments> brokenLeafs() {
    Instant now = TestClock.noon().instant();
    return Stream.of(
        broken(
            "expired a second ago",
            c -> c.valid(now.minusSeconds(60), now.minusSeconds(1)),
            EXPIRED),
        broken(
            "valid in a minute",
            c -> c.valid(now.plusSeconds(60), now.plusSeconds(90)),
            NOT_YET_VALID),
        broken(
            "for servers only",
            c -> c.purposes(KeyPurposeId.id_kp_serverAuth),
            BAD_EXTENDED_KEY_USAGE),
        broken("for code", c -> c.purposes(KeyPurposeId.id_kp_codeSigning), BAD_EXTENDED_KEY_USAGE),
        broken("a CA", c -> c.ca(true), SIGNING_LEAF),
        broken(
            "may sign certificates",
            c -> c.keyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign),
            SIGNING_LEAF),
        broken(
            "may sign CRLs",
            c -> c.keyUsage(KeyUsage.digitalSignature | KeyUsage.cRLSign),
            SIGNING_LEAF),
        broken("may not sign", c -> c.keyUsage(KeyUsage.keyEncipherment), BAD_KEY_USAGE),
        broken("without key usage", c -> c.without(Extension.keyUsage), BAD_KEY_USAGE),
        broken(
            "with an unknown critical extension",
            c -> c.extension(UNKNOWN, true, DERNull.INSTANCE),
            UNKNOWN_CRITICAL_EXTENSION),
        broken("with an RSA-1024 key", c -> c.key(TestCa.keyPair("RSA", 1024)), WEAK_CRYPTO),
        broken("with an RSA exponent of 3", c -> c.key(rsa(BigInteger.valueOf(3))), WEAK_CRYPTO),
        broken("signed with SHA-1", c -> c.signature("SHA1withECDSA"), WEAK_CRYPTO),
        broken("with serial number 0", c -> c.serial(BigInteger.ZERO), MALFORMED),
        broken("with a negative serial number", c -> c.serial(BigInteger.valueOf(-5)), MALFORMED));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("brokenLeafs")
  void aBrokenLeafIsRefused(String name, Consumer<TestCertificate> change, PeerRefusal why) {
    assertThat(refusal(verify(ca.issue(SHOP, change)))).isEqualTo(why);
  }

  static Stream<Arguments> brokenNames() {
    return Stream.of(
        broken("no URI", c -> c.uris(), NO_SPIFFE_ID),
        broken("no URI but a host", c -> c.uris().name(GeneralName.dNSName, SHOP), NO_SPIFFE_ID),
        broken(
            "id only in the common name",
            c -> c.uris().subject("CN=" + SHOP.replace("=", "")),
            NO_SPIFFE_ID),
        broken("two ids", c -> c.uris(SHOP, "spiffe://cluster.local/ns/a/sa/b"), SEVERAL_URIS),
        broken("the same id twice", c -> c.uris(SHOP, SHOP), SEVERAL_URIS),
        broken("an id and another URI", c -> c.uris(SHOP, "https://shop"), SEVERAL_URIS),
        broken("https", c -> c.uris("https://cluster.local/ns/shop/sa/shop"), BAD_SPIFFE_ID),
        broken("a trust domain's id", c -> c.uris("spiffe://cluster.local"), BAD_SPIFFE_ID));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("brokenNames")
  void aLeafWithoutExactlyOneIdIsRefused(
      String name, Consumer<TestCertificate> change, PeerRefusal why) {
    assertThat(refusal(verify(ca.issue(SHOP, change)))).isEqualTo(why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spiffe://cluster.local/",
        "spiffe://cluster.local/ns/shop/sa/shop/",
        "SPIFFE://cluster.local/ns/shop/sa/shop",
        "spiffe://Cluster.local/ns/shop/sa/shop",
        "spiffe://cluster.local//ns/shop/sa/shop",
        "spiffe://cluster.local/ns/./sa/shop",
        "spiffe://cluster.local/ns/../sa/shop",
        "spiffe://cluster.local/ns/%2e/sa/shop",
        "spiffe://cluster.local/ns/a%2Fb/sa/shop",
        "spiffe://cluster%2elocal/ns/shop/sa/shop",
        "spiffe://user@cluster.local/ns/shop/sa/shop",
        "spiffe://cluster.local:443/ns/shop/sa/shop",
        "spiffe://cluster.local/ns/shop/sa/shop?x=y",
        "spiffe://cluster.local/ns/shop/sa/shop#x",
        "spiffe://cluster.local/ns/shop/sa/shop\0",
        "spiffe://cluster.local/ns/shop/sa/shop\r\nx",
        "spiffe://cluster.local/ns/shop/sa/sh op",
        "spiffe://cluster.local/ns/shop/sa/sh!op",
      })
  void anInexactIdIsRefused(String uri) {
    byte[][] chain = {ca.leaf(SHOP).uris(uri).derSignedBy(ca)};

    Verdict verdict = verifier().verify(chain, PeerRole.CLIENT, ca.bundle());

    assertThat(refusal(verdict)).isIn(BAD_SPIFFE_ID, MALFORMED);
    assertThat(((Verdict.Refused) verdict).detail()).doesNotContain("\n").doesNotContain("\0");
  }

  @Test
  void theLongestIdIsAcceptedAndALongerOneIsNot() {
    String longest = "spiffe://cluster.local/ns/shop/sa/" + "a".repeat(2048 - 34);

    assertThat(verify(ca.issue(longest))).isInstanceOf(Verdict.Verified.class);
    assertThat(refusal(verify(ca.issue(SHOP, c -> c.uris(longest + "a")))))
        .isEqualTo(BAD_SPIFFE_ID);
  }

  @Test
  void oneFlippedBitIsRefused() throws Exception {
    byte[] der = ca.issue(SHOP).leaf().getEncoded();
    der[der.length - 1] ^= 1;

    Verdict verdict = verifier().verify(new byte[][] {der}, PeerRole.CLIENT, ca.bundle());

    assertThat(refusal(verdict)).isIn(BAD_SIGNATURE, MALFORMED);
  }

  @Test
  void bytesAfterTheCertificateAreRefused() throws Exception {
    byte[] der = ca.issue(SHOP).leaf().getEncoded();
    byte[] longer = Arrays.copyOf(der, der.length + 1);

    Verdict verdict = verifier().verify(new byte[][] {longer}, PeerRole.CLIENT, ca.bundle());

    assertThat(refusal(verdict)).isEqualTo(MALFORMED);
  }

  @Test
  void noCertificateAndTooManyAreRefused() {
    X509Certificate leaf = ca.issue(SHOP).leaf();

    assertThat(refusal(verify(List.of()))).isEqualTo(NO_CERTIFICATE);
    assertThat(refusal(verify(Collections.nCopies(100, leaf)))).isEqualTo(CHAIN_TOO_LARGE);
  }

  @Test
  void aVerifiedChainExpiresAllTheSame() {
    SvidVerifier verifier = verifier();
    WorkloadCertificate shop = ca.issue(SHOP);
    assertThat(verifier.verify(shop.chain(), PeerRole.CLIENT, ca.bundle()))
        .isInstanceOf(Verdict.Verified.class);

    clock.advance(Duration.ofHours(2));

    assertThat(refusal(verifier.verify(shop.chain(), PeerRole.CLIENT, ca.bundle())))
        .isEqualTo(EXPIRED);
  }

  @Test
  void aVerifiedChainIsAskedForRevocationAgain() {
    List<Verdict.Refused> revoked = new ArrayList<>();
    SvidVerifier verifier =
        new SvidVerifier(ChainLimits.DEFAULT, clock, path -> revoked.stream().findFirst());
    WorkloadCertificate shop = ca.issue(SHOP);
    assertThat(verifier.verify(shop.chain(), PeerRole.CLIENT, ca.bundle()))
        .isInstanceOf(Verdict.Verified.class);

    revoked.add(new Verdict.Refused(PeerRefusal.REVOKED, "serial 1"));

    assertThat(refusal(verifier.verify(shop.chain(), PeerRole.CLIENT, ca.bundle())))
        .isEqualTo(PeerRefusal.REVOKED);
  }

  @Test
  void aVerifiedChainIsVerifiedAgainUnderAnotherBundle() {
    SvidVerifier verifier = verifier();
    WorkloadCertificate shop = ca.issue(SHOP);
    assertThat(verifier.verify(shop.chain(), PeerRole.CLIENT, ca.bundle()))
        .isInstanceOf(Verdict.Verified.class);

    TrustBundle rotated = TestCa.of("cluster.local", clock).bundle();

    assertThat(verifier.verify(shop.chain(), PeerRole.CLIENT, rotated))
        .isInstanceOf(Verdict.Refused.class);
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

  private static List<X509Certificate> path(Verdict verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Verified.class);
    return ((Verdict.Verified) verdict).path();
  }

  private static Arguments leaf(String name, Consumer<TestCertificate> change) {
    return Arguments.of(name, change);
  }

  private static Arguments broken(String name, Consumer<TestCertificate> change, PeerRefusal why) {
    return Arguments.of(name, change, why);
  }

  private static KeyPair rsa(BigInteger exponent) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(new RSAKeyGenParameterSpec(2048, exponent));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
