package dev.marrow.identity.issue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.identity.Pem;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.TestCa;
import dev.marrow.identity.TrustDomain;
import dev.marrow.identity.WorkloadCertificate;
import dev.marrow.identity.authority.CertificateRequest;
import dev.marrow.identity.issue.Issue.Issued;
import dev.marrow.identity.issue.Issue.NotIssued;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsrIssuerTest {
  private static final TrustDomain DOMAIN = TrustDomain.parse("cluster.local");
  private static final SpiffeId SHOP = SpiffeId.of(DOMAIN, "shop", "shop");
  private static final SpiffeId CART = SpiffeId.of(DOMAIN, "shop", "cart");

  @TempDir Path temp;
  private TestCsrService service;
  private Path roots;
  private Path token;

  @BeforeEach
  void start() throws IOException {
    service = new TestCsrService(temp.resolve("ca"), DOMAIN, Set.of("istiod.istio-system.svc"));
    roots = Files.writeString(temp.resolve("root.pem"), Pem.encode(service.authority().roots()));
    token = Files.writeString(temp.resolve("token"), "first-token\n");
  }

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void aCertificateComesWithItsIntermediateAndRoots() {
    service.authority().addRoot();

    WorkloadCertificate certificate = issued(settings());

    assertThat(certificate.id()).isEqualTo(SHOP);
    assertThat(certificate.chain()).hasSize(2);
    assertThat(certificate.trust().rootsOf(DOMAIN)).isEqualTo(service.authority().roots());
    assertThat(certificate.trust().rootsOf(DOMAIN)).hasSize(2);
    assertThat(KeyMatch.matches(certificate.leaf().getPublicKey(), certificate.key())).isTrue();
  }

  @Test
  void theRequestIsWhatIstiodExpects() {
    issued(
        settings()
            .withTtl(Duration.ofHours(2))
            .withHeaders(Map.of("clusterid", "east", "x-team", "shop")));

    var request = service.requests().getFirst();
    assertThat(request.getValidityDuration()).isEqualTo(7200);
    assertThat(request.getMetadata().getFieldsOrThrow("ImpersonatedIdentity").getStringValue())
        .isEqualTo(SHOP.toString());
    assertThat(CertificateRequest.parse(request.getCsr()).uris()).containsExactly(SHOP.toString());
    assertThat(sent("authorization")).isEqualTo("Bearer first-token");
    assertThat(sent("clusterid")).isEqualTo("east");
    assertThat(sent("x-team")).isEqualTo("shop");
  }

  @Test
  void forOurselvesNobodyIsImpersonated() {
    issued(settings().withImpersonation(false));

    assertThat(service.requests().getFirst().hasMetadata()).isFalse();
  }

  @Test
  void theTokenIsReadAnewForEachRequest() throws IOException {
    try (CsrIssuer issuer = new CsrIssuer(settings(), Clock.systemUTC())) {
      issuer.issue(SHOP);
      Files.writeString(token, "second-token");
      issuer.issue(SHOP);
    }

    assertThat(service.headers())
        .extracting(h -> h.get(key("authorization")))
        .containsExactly("Bearer first-token", "Bearer second-token");
  }

  @Test
  void theRootFileIsReadAnewForEachRequest() throws IOException {
    String right = Files.readString(roots);
    Files.writeString(roots, Pem.encode(TestCa.of("cluster.local").root()));
    try (CsrIssuer issuer = new CsrIssuer(settings(), Clock.systemUTC())) {
      assertThat(reason(issuer.issue(SHOP))).isEqualTo(Issue.Reason.UNREACHABLE);

      Files.writeString(roots, right);

      assertThat(issuer.issue(SHOP)).isInstanceOf(Issued.class);
    }
  }

  @Test
  void theServiceMayBeKnownByAnotherName() {
    assertThat(issued(settings().withServerName("istiod.istio-system.svc")).id()).isEqualTo(SHOP);
  }

  @Test
  void aServiceOfAnotherNameIsNotTrusted() {
    CsrSettings other = settings().withServerName("somebody.else");

    assertThat(reason(issue(other))).isEqualTo(Issue.Reason.UNREACHABLE);
    assertThat(service.requests()).isEmpty();
  }

  @Test
  void refusalsKeepTheirReason() {
    service.refuse(Status.UNAUTHENTICATED.withDescription("token expired"));
    assertThat(issue(settings()))
        .isInstanceOfSatisfying(
            NotIssued.class,
            why -> {
              assertThat(why.reason()).isEqualTo(Issue.Reason.UNAUTHENTICATED);
              assertThat(why.detail()).contains("token expired").doesNotContain("first-token");
            });
    service.refuse(Status.PERMISSION_DENIED);
    assertThat(reason(issue(settings()))).isEqualTo(Issue.Reason.DENIED);
  }

  @Test
  void withoutAServiceItIsUnreachable() {
    CsrSettings settings = settings();
    service.close();

    assertThat(reason(issue(settings))).isEqualTo(Issue.Reason.UNREACHABLE);
  }

  @Test
  void withoutATokenFileNothingIsSent() throws IOException {
    Files.delete(token);

    assertThat(reason(issue(settings()))).isEqualTo(Issue.Reason.BAD_CREDENTIALS);
    assertThat(service.requests()).isEmpty();
  }

  @Test
  void anotherIdentityInTheAnswerIsRefused() {
    TestCa other = TestCa.of("cluster.local");
    service.spoil(chain ->
        List.of(Pem.encode(other.issue(CART.toString()).leaf()), Pem.encode(other.root())));

    assertThat(reason(issue(settings()))).isEqualTo(Issue.Reason.BAD_ANSWER);
  }

  @Test
  void anotherKeyInTheAnswerIsRefused() {
    TestCa other = TestCa.of("cluster.local");
    service.spoil(chain ->
        List.of(Pem.encode(other.issue(SHOP.toString()).leaf()), Pem.encode(other.root())));

    assertThat(issue(settings()))
        .isEqualTo(new NotIssued(Issue.Reason.BAD_ANSWER, "certificate for another key"));
  }

  @Test
  void anAnswerWithoutRootsIsRefused() {
    service.spoil(chain -> chain.subList(0, 1));
    assertThat(reason(issue(settings()))).isEqualTo(Issue.Reason.BAD_ANSWER);

    service.spoil(chain -> List.of(chain.getFirst(), "nonsense"));
    assertThat(reason(issue(settings()))).isEqualTo(Issue.Reason.BAD_ANSWER);
  }

  @Test
  void anAnswerUnderAnotherRootIsRefused() {
    String stranger = Pem.encode(TestCa.of("cluster.local").root());
    service.spoil(chain -> List.of(chain.get(0), chain.get(1), stranger));

    assertThat(reason(issue(settings()))).isEqualTo(Issue.Reason.BAD_ANSWER);
  }

  @Test
  void aliasesShareTheRoots() {
    TrustDomain old = TrustDomain.parse("old.local");

    WorkloadCertificate certificate = issued(settings().withAliases(Set.of(old)));

    assertThat(certificate.trust().rootsOf(old)).isEqualTo(service.authority().roots());
  }

  @Test
  void keysAreNotShown() {
    WorkloadCertificate certificate = issued(settings());

    Assertions.assertThat(certificate.toString()).doesNotContain("PrivateKey").contains("shop");
    assertThat(new FileOrText.Text("secret").toString()).doesNotContain("secret");
    assertThat(certificate.notAfter())
        .isCloseTo(
            Clock.systemUTC().instant().plus(Duration.ofHours(24)),
            Assertions.within(1, ChronoUnit.MINUTES));
  }

  private CsrSettings settings() {
    return CsrSettings.of(
        "127.0.0.1",
        service.port(),
        new FileOrText.File(roots),
        new Credentials.Bearer(new FileOrText.File(token)));
  }

  private static Issue issue(CsrSettings settings) {
    try (CsrIssuer issuer = new CsrIssuer(settings, Clock.systemUTC())) {
      return issuer.issue(SHOP);
    }
  }

  private static WorkloadCertificate issued(CsrSettings settings) {
    Issue issue = issue(settings);
    assertThat(issue).isInstanceOf(Issued.class);
    return ((Issued) issue).certificate();
  }

  private static Issue.Reason reason(Issue issue) {
    assertThat(issue).isInstanceOf(NotIssued.class);
    return ((NotIssued) issue).reason();
  }

  private String sent(String header) {
    return service.headers().getFirst().get(key(header));
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
