package dev.marrow.identity.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.marrow.identity.PeerRefusal;
import dev.marrow.identity.PeerRole;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.SvidVerifier;
import dev.marrow.identity.TestCa;
import dev.marrow.identity.TestClock;
import dev.marrow.identity.TrustBundle;
import dev.marrow.identity.TrustDomain;
import dev.marrow.identity.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthorityTest {
  private static final TrustDomain DOMAIN = TrustDomain.parse("cluster.local");
  private static final SpiffeId SHOP = SpiffeId.of(DOMAIN, "shop", "shop");
  private static final Duration DAY = Duration.ofHours(24);

  private final TestClock clock = TestClock.noon();
  private final KeyPair key = TestCa.keyPair("EC", 256);
  private final CertificateRequest request =
      CertificateRequest.parse(TestRequest.pem(key, SHOP.toString()));
  @TempDir Path temp;

  @Test
  void aSignedChainProvesTheIdInBothRoles() {
    Authority authority = open();

    List<X509Certificate> chain = authority.sign(request, SHOP, DAY);

    assertThat(verify(chain, PeerRole.SERVER, authority.bundle()))
        .isInstanceOfSatisfying(Verdict.Verified.class, v -> assertThat(v.id()).isEqualTo(SHOP));
    assertThat(verify(chain, PeerRole.CLIENT, authority.bundle()))
        .isInstanceOf(Verdict.Verified.class);
    assertThat(chain).hasSize(2);
    assertThat(chain.getFirst().getPublicKey()).isEqualTo(key.getPublic());
    assertThat(chain.getFirst().getCriticalExtensionOIDs()).contains("2.5.29.17");
  }

  @Test
  void aLeafLivesNoLongerThanADay() {
    X509Certificate leaf = open().sign(request, SHOP, Duration.ofDays(365)).getFirst();

    assertThat(leaf.getNotAfter().toInstant()).isEqualTo(clock.instant().plus(DAY));
  }

  @Test
  void aShorterLifeIsGranted() {
    X509Certificate leaf = open().sign(request, SHOP, Duration.ofMinutes(5)).getFirst();

    assertThat(leaf.getNotAfter().toInstant()).isEqualTo(clock.instant().plusSeconds(300));
  }

  @Test
  void anIdOfAnotherTrustDomainIsNotSigned() {
    Authority authority = open();

    assertThatThrownBy(
            () -> authority.sign(request, SpiffeId.parse("spiffe://other/ns/a/sa/b"), DAY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: a workload of cluster.local");
  }

  @Test
  void openedAgainItIsTheSame() {
    Authority first = open();
    Authority second = open();

    assertThat(second.roots()).isEqualTo(first.roots());
    assertThat(second.sign(request, SHOP, DAY).getLast())
        .isEqualTo(first.sign(request, SHOP, DAY).getLast());
  }

  @Test
  void nobodyElseCanReadItsKeys() throws IOException {
    open();

    assertThat(permissions(directory())).isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(directory())) {
      assertThat(files)
          .isNotEmpty()
          .allSatisfy(f -> assertThat(permissions(f)).isEqualTo("rw-------"));
    }
  }

  @Test
  void aDirectoryThatOthersCanReadIsRefused() throws IOException {
    open();
    Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("rwxr-xr-x"));

    assertThatThrownBy(this::open)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("rwxr-xr-x (expected: at most rwx------");
  }

  @Test
  void aKeyThatOthersCanReadIsRefused() throws IOException {
    open();
    Path root = directory().resolve("root-0001.pem");
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rw-r-----"));

    assertThatThrownBy(this::open)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("root-0001.pem");
  }

  @Test
  void theIntermediateIsRenewedAtHalfOfItsLife() {
    Authority authority = open();
    X509Certificate before = authority.sign(request, SHOP, DAY).getLast();

    clock.advance(Duration.ofDays(46));
    List<X509Certificate> chain = authority.sign(request, SHOP, DAY);

    assertThat(chain.getLast()).isNotEqualTo(before);
    assertThat(verify(chain, PeerRole.CLIENT, authority.bundle()))
        .isInstanceOf(Verdict.Verified.class);
  }

  @Test
  void aRootIsTrustedBeforeItSigns() {
    Authority authority = open();
    List<X509Certificate> old = authority.sign(request, SHOP, DAY);

    String second = authority.addRoot();

    assertThat(authority.roots()).hasSize(2);
    assertThat(authority.sign(request, SHOP, DAY).getLast()).isEqualTo(old.getLast());

    authority.switchRoot(second);
    TrustBundle both = authority.bundle();
    List<X509Certificate> fresh = authority.sign(request, SHOP, DAY);
    assertThat(verify(old, PeerRole.CLIENT, both)).isInstanceOf(Verdict.Verified.class);
    assertThat(verify(fresh, PeerRole.CLIENT, both)).isInstanceOf(Verdict.Verified.class);
  }

  @Test
  void aDroppedRootVouchesForNobody() {
    Authority authority = open();
    List<X509Certificate> old = authority.sign(request, SHOP, DAY);
    String first = authority.activeRoot();
    authority.switchRoot(authority.addRoot());

    authority.dropRoot(first);

    assertThat(verify(old, PeerRole.CLIENT, authority.bundle()))
        .isInstanceOfSatisfying(
            Verdict.Refused.class, r -> assertThat(r.why()).isEqualTo(PeerRefusal.UNKNOWN_CA));
    assertThat(open().roots()).isEqualTo(authority.roots()).hasSize(1);
  }

  @Test
  void theRootThatSignsCannotBeDropped() {
    Authority authority = open();

    assertThatThrownBy(() -> authority.dropRoot(authority.activeRoot()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void itsServersAreFoundByNameAndAddress() throws Exception {
    InetAddress v6 = InetAddress.getByName("fd00::1");
    ServerCertificate server =
        open().serverCertificate(Set.of("istiod.istio-system.svc"), Set.of(v6), DAY);

    assertThat(server.chain().getFirst().getSubjectAlternativeNames())
        .extracting(name -> String.valueOf(name.get(1)))
        .containsExactlyInAnyOrder("istiod.istio-system.svc", "fd00:0:0:0:0:0:0:1");
    assertThat(server.toString()).doesNotContain("PRIVATE");
  }

  @Test
  void aRequestThatAnotherKeySignedIsRefused() {
    String stolen = TestRequest.pem(key, TestCa.keyPair("EC", 256), SHOP.toString());

    assertThatThrownBy(() -> CertificateRequest.parse(stolen))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not signed by its key");
  }

  @Test
  void aRequestForAWeakKeyIsRefused() {
    String weak = TestRequest.pem(TestCa.keyPair("RSA", 1024), SHOP.toString());

    assertThatThrownBy(() -> CertificateRequest.parse(weak))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("RSA key (expected:");
  }

  @Test
  void aRequestTellsWhatItWants() {
    assertThat(request.uris()).containsExactly(SHOP.toString());
    assertThatThrownBy(() -> CertificateRequest.parse("nonsense"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private Authority open() {
    return Authority.open(directory(), DOMAIN, clock);
  }

  private Path directory() {
    return temp.resolve("ca");
  }

  private Verdict verify(List<X509Certificate> chain, PeerRole role, TrustBundle trust) {
    return SvidVerifier.of(clock).verify(chain, role, trust);
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
