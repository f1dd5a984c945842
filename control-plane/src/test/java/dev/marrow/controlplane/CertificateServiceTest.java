package dev.marrow.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.marrow.identity.PeerRole;
import dev.marrow.identity.SvidVerifier;
import dev.marrow.identity.TrustBundle;
import dev.marrow.identity.TrustDomain;
import dev.marrow.identity.Verdict;
import dev.marrow.proto.ca.IstioCertificateRequest;
import dev.marrow.proto.ca.IstioCertificateResponse;
import dev.marrow.proto.ca.IstioCertificateServiceGrpc;
import java.io.ByteArrayInputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateServiceTest {
  private static final String WEB = "spiffe://cluster.local/ns/shop/sa/web";

  @TempDir Path home;
  private RunningPlane plane;
  private KeyPair keys;

  @BeforeEach
  void start() throws Exception {
    keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
    plane =
        RunningPlane.start(
            home,
            Map.of(
                "a.yaml", Yaml.pod("web-1", "app: web", "", "10.0.0.1"),
                "b.yaml", Yaml.pod("api-1", "app: api", "", "10.0.0.2").replace("node-1", "n2")));
  }

  @AfterEach
  void stop() {
    plane.close();
  }

  @Test
  void aWorkloadGetsItsOwnIdentity() throws Exception {
    IstioCertificateResponse answer = ask(token("shop", "web"), request("", WEB));

    X509Certificate leaf = certificate(answer.getCertChain(0));
    assertThat(SvidVerifier.claimedId(leaf)).hasToString(WEB);
    assertThat(answer.getCertChainCount()).isEqualTo(3);
    assertThat(answer.getCertChain(2)).isEqualTo(Files.readString(home.resolve("root-cert.pem")));
  }

  @Test
  void aNodeProxyGetsTheIdentitiesOfItsNode() throws Exception {
    IstioCertificateResponse answer = ask(token("marrow-system", "ztunnel"), request(WEB, WEB));

    assertThat(SvidVerifier.claimedId(certificate(answer.getCertChain(0)))).hasToString(WEB);
  }

  @Test
  void anIdentityOfAnotherNodeIsRefused() {
    String api = "spiffe://cluster.local/ns/shop/sa/api";

    assertThat(refusal(token("marrow-system", "ztunnel"), request(api, api)))
        .contains("PERMISSION_DENIED", "IDENTITY_NOT_ON_NODE");
  }

  @Test
  void onlyNodeProxiesAskForOthers() {
    assertThat(refusal(token("shop", "api"), request(WEB, WEB)))
        .contains("PERMISSION_DENIED", "IDENTITY_NOT_TRUSTED_ACCOUNT");
  }

  @Test
  void anotherTrustDomainAndMalformedIdentitiesAreRefused() {
    String ztunnel = token("marrow-system", "ztunnel");

    assertThat(refusal(ztunnel, request("spiffe://other/ns/shop/sa/web", "")))
        .contains("IDENTITY_OTHER_TRUST_DOMAIN");
    assertThat(refusal(ztunnel, request("web", ""))).contains("IDENTITY_MALFORMED");
    assertThat(refusal(ztunnel, request("spiffe://cluster.local/x", "")))
        .contains("IDENTITY_MALFORMED");
  }

  @Test
  void aRequestForAnotherNameThanGrantedIsRefused() {
    assertThat(refusal(token("shop", "web"), request("", "spiffe://cluster.local/ns/shop/sa/api")))
        .contains("CSR_MALFORMED");
    assertThat(
            refusal(token("shop", "web"), IstioCertificateRequest.newBuilder().setCsr("x").build()))
        .contains("INVALID_ARGUMENT", "CSR_MALFORMED");
  }

  @Test
  void aLifeIsCapped() throws Exception {
    IstioCertificateRequest request =
        request("", WEB).toBuilder().setValidityDuration(1_000_000_000).build();

    X509Certificate leaf = certificate(ask(token("shop", "web"), request).getCertChain(0));

    assertThat(leaf.getNotAfter().toInstant()).isBefore(Instant.now().plus(Duration.ofHours(25)));
  }

  @Test
  void aCertificateIsGoodAtOnceWhereTheClockIsAMinuteBehind() throws Exception {
    IstioCertificateResponse answer = ask(token("shop", "web"), request("", WEB));
    List<X509Certificate> chain =
        List.of(certificate(answer.getCertChain(0)), certificate(answer.getCertChain(1)));
    TrustDomain domain = TrustDomain.parse("cluster.local");
    TrustBundle roots = TrustBundle.of(domain, Set.of(certificate(answer.getCertChain(2))));
    Clock behind = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-1));

    Verdict verdict = SvidVerifier.of(behind).verify(chain, PeerRole.CLIENT, roots);

    assertThat(verdict).isInstanceOf(Verdict.Verified.class);
  }

  @Test
  void badTokensAreRefusedEachWithItsReason() {
    TestTokens tokens = plane.tokens;
    JWTClaimsSet good = tokens.claims("shop", "web", "node-1").build();
    Map<String, String> cases =
        Map.of(
            TestTokens.create("other").sign(good),
            "TOKEN_UNKNOWN_KEY",
            TestTokens.create("test").sign(good),
            "TOKEN_SIGNATURE",
            "abc",
            "TOKEN_MALFORMED",
            tokens.sign(change(good).expirationTime(ago(60)).build()),
            "TOKEN_EXPIRED",
            tokens.sign(change(good).expirationTime(null).build()),
            "TOKEN_EXPIRED",
            tokens.sign(change(good).notBeforeTime(ago(-600)).build()),
            "TOKEN_NOT_YET_VALID",
            tokens.sign(change(good).audience("other").build()),
            "TOKEN_AUDIENCE",
            tokens.sign(change(good).issuer(null).build()),
            "TOKEN_ISSUER",
            tokens.sign(change(good).subject("system:node:n1").build()),
            "TOKEN_SUBJECT");

    cases.forEach((token, reason) ->
        assertThat(refusal(token, request("", WEB))).contains("UNAUTHENTICATED", reason));
  }

  @Test
  void aCallerWithACertificateGetsItsOwnIdentityAgainAndNoOther() throws Exception {
    IstioCertificateResponse first = ask(token("shop", "web"), request("", WEB));
    List<X509Certificate> chain =
        List.of(certificate(first.getCertChain(0)), certificate(first.getCertChain(1)));
    var channel = plane.channel(tls -> tls.keyManager(keys.getPrivate(), chain));
    var stub = IstioCertificateServiceGrpc.newBlockingStub(channel);

    IstioCertificateResponse second = stub.createCertificate(request("", WEB));
    Throwable other =
        catchThrowable(
            () -> stub.createCertificate(request("spiffe://cluster.local/ns/shop/sa/api", "")));

    assertThat(SvidVerifier.claimedId(certificate(second.getCertChain(0)))).hasToString(WEB);
    assertThat(other).hasMessageContaining("IDENTITY_NOT_TRUSTED_ACCOUNT");
  }

  @Test
  void aCallerWithoutAnythingIsRefused() throws Exception {
    var stub = IstioCertificateServiceGrpc.newBlockingStub(plane.channel());

    Throwable refusal = catchThrowable(() -> stub.createCertificate(request("", WEB)));

    assertThat(refusal).hasMessageContaining("NO_CREDENTIALS");
  }

  private static JWTClaimsSet.Builder change(JWTClaimsSet claims) {
    return new JWTClaimsSet.Builder(claims);
  }

  private static Date ago(int seconds) {
    return Date.from(Instant.now().minusSeconds(seconds));
  }

  private String token(String namespace, String account) {
    return plane.tokens.token(namespace, account, "node-1");
  }

  private IstioCertificateResponse ask(String token, IstioCertificateRequest request)
      throws Exception {
    return IstioCertificateServiceGrpc.newBlockingStub(plane.channel())
        .withCallCredentials(RunningPlane.bearer(token))
        .createCertificate(request);
  }

  private String refusal(String token, IstioCertificateRequest request) {
    return String.valueOf(catchThrowable(() -> ask(token, request)).getMessage());
  }

  private IstioCertificateRequest request(String impersonated, String uri) {
    IstioCertificateRequest.Builder request = IstioCertificateRequest.newBuilder();
    if (!impersonated.isEmpty()) {
      request.setMetadata(
          Struct.newBuilder()
              .putFields(
                  "ImpersonatedIdentity", Value.newBuilder().setStringValue(impersonated).build()));
    }
    return request.setCsr(csr(uri)).build();
  }

  private String csr(String uri) {
    try {
      var builder = new JcaPKCS10CertificationRequestBuilder(new X500Name(""), keys.getPublic());
      if (!uri.isEmpty()) {
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        extensions.addExtension(
            Extension.subjectAlternativeName,
            true,
            new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
        builder.addAttribute(
            PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate());
      }
      StringWriter text = new StringWriter();
      try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
        pem.writeObject(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
      }
      return text.toString();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509Certificate certificate(String pem) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }
}
