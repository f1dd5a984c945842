package dev.marrow.identity.revocation;

import static dev.marrow.identity.PeerRefusal.REVOCATION_UNKNOWN;
import static dev.marrow.identity.PeerRefusal.REVOKED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.identity.ChainLimits;
import dev.marrow.identity.PeerRefusal;
import dev.marrow.identity.PeerRole;
import dev.marrow.identity.Pem;
import dev.marrow.identity.SvidVerifier;
import dev.marrow.identity.TestCa;
import dev.marrow.identity.TestClock;
import dev.marrow.identity.Verdict;
import dev.marrow.identity.WorkloadCertificate;
import dev.marrow.identity.revocation.CrlStore.Unknown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrlStoreTest {
  private static final String SHOP = "spiffe://cluster.local/ns/shop/sa/shop";

  private final TestClock clock = TestClock.noon();
  private final TestCa ca = TestCa.of("cluster.local", clock);
  private final WorkloadCertificate shop = ca.issue(SHOP);
  private final WorkloadCertificate cart = ca.issue("spiffe://cluster.local/ns/shop/sa/cart");
  @TempDir Path directory;

  @Test
  void aRevokedLeafIsRefusedAndAnotherIsNot() throws IOException {
    write("a.crl", TestCrl.der(ca, clock.instant(), shop.leaf()));

    CrlStore store = open(Unknown.REFUSE);

    assertThat(judge(store, shop)).isEqualTo(REVOKED);
    assertThat(verify(store, cart)).isInstanceOf(Verdict.Verified.class);
  }

  @Test
  void aRevokedIntermediateTakesAllItsLeafsWithIt() throws IOException {
    TestCa intermediate = ca.intermediate();
    write("a.crl", TestCrl.der(ca, clock.instant(), intermediate.certificate()));

    assertThat(judge(open(Unknown.ACCEPT), intermediate.issue(SHOP))).isEqualTo(REVOKED);
  }

  @Test
  void severalListsInOnePemFileCount() throws IOException {
    TestCa intermediate = ca.intermediate();
    WorkloadCertificate below = intermediate.issue(SHOP);
    String pem =
        Pem.block("X509 CRL", TestCrl.der(ca, clock.instant()))
            + Pem.block("X509 CRL", TestCrl.der(intermediate, clock.instant(), below.leaf()));
    Files.writeString(directory.resolve("all.pem"), pem);

    assertThat(judge(open(Unknown.ACCEPT), below)).isEqualTo(REVOKED);
  }

  @Test
  void aListThatSomebodyElseSignedCountsForNothing() throws IOException {
    TestCa stranger = TestCa.of("cluster.local", clock);
    write("forged.crl", TestCrl.der(stranger, clock.instant(), shop.leaf()));

    assertThat(verify(open(Unknown.ACCEPT), shop)).isInstanceOf(Verdict.Verified.class);
    assertThat(judge(open(Unknown.REFUSE), shop)).isEqualTo(REVOCATION_UNKNOWN);
  }

  @Test
  void withoutAListTheSettingDecides() {
    assertThat(verify(open(Unknown.ACCEPT), shop)).isInstanceOf(Verdict.Verified.class);
    assertThat(judge(open(Unknown.REFUSE), shop)).isEqualTo(REVOCATION_UNKNOWN);
  }

  @Test
  void aListOutOfDateStillNamesThoseItNames() throws IOException {
    write("a.crl", TestCrl.der(ca, clock.instant().minus(Duration.ofDays(3)), shop.leaf()));

    assertThat(judge(open(Unknown.ACCEPT), shop)).isEqualTo(REVOKED);
    assertThat(judge(open(Unknown.REFUSE), cart)).isEqualTo(REVOCATION_UNKNOWN);
  }

  @Test
  void aReloadTellsTheListenersWhenThereIsNews() throws IOException {
    CrlStore store = open(Unknown.ACCEPT);
    List<String> told = new ArrayList<>();
    store.onChange(() -> told.add("news"));

    assertThat(store.reload()).isFalse();
    write("a.crl", TestCrl.der(ca, clock.instant(), shop.leaf()));

    assertThat(store.reload()).isTrue();
    assertThat(store.reload()).isFalse();
    assertThat(told).hasSize(1);
    assertThat(judge(store, shop)).isEqualTo(REVOKED);
  }

  @Test
  void aMalformedFileLeavesWhatWasReadBefore() throws IOException {
    write("a.crl", TestCrl.der(ca, clock.instant(), shop.leaf()));
    CrlStore store = open(Unknown.ACCEPT);

    Files.writeString(directory.resolve("a.crl"), "nonsense");

    assertThat(store.reload()).isFalse();
    assertThat(judge(store, shop)).isEqualTo(REVOKED);
  }

  @Test
  void aFileThatIsLostLeavesWhatWasReadBefore() throws IOException {
    Path file = directory.resolve("a.crl");
    CrlStore store = CrlStore.open(file, Unknown.ACCEPT, clock);
    assertThat(verify(store, shop)).isInstanceOf(Verdict.Verified.class);
    write("a.crl", TestCrl.der(ca, clock.instant(), shop.leaf()));
    assertThat(store.reload()).isTrue();

    Files.delete(file);

    assertThat(store.reload()).isFalse();
    assertThat(judge(store, shop)).isEqualTo(REVOKED);
  }

  @Test
  void aDirectoryThatLosesAllItsFilesLeavesWhatWasReadBefore() throws IOException {
    write("a.crl", TestCrl.der(ca, clock.instant(), shop.leaf()));
    CrlStore store = open(Unknown.ACCEPT);

    Files.delete(directory.resolve("a.crl"));

    assertThat(store.reload()).isFalse();
    assertThat(judge(store, shop)).isEqualTo(REVOKED);
  }

  /** Nobody would say so of two contents; that the second goes unseen shows that nobody read it. */
  @Test
  void filesThatLookAsBeforeAreNotReadAgain() throws IOException {
    Path file = directory.resolve("a.pem");
    FileTime time = FileTime.from(Instant.EPOCH);
    AtomicLong nanos = new AtomicLong();
    padded(file, TestCrl.der(ca, clock.instant()), time);
    CrlStore store = CrlStore.open(directory, Unknown.ACCEPT, clock, nanos::get);
    padded(file, TestCrl.der(ca, clock.instant(), shop.leaf()), time);
    nanos.set(Duration.ofMinutes(1).toNanos());

    assertThat(store.reload()).isFalse();
    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH.plusSeconds(1)));

    assertThat(store.reload()).isTrue();
    assertThat(judge(store, shop)).isEqualTo(REVOKED);
  }

  private static void padded(Path file, byte[] list, FileTime time) throws IOException {
    String pem = Pem.block("X509 CRL", list);
    Files.writeString(file, pem + "\n".repeat(4096 - pem.length()));
    Files.setLastModifiedTime(file, time);
  }

  private CrlStore open(Unknown unknown) {
    return CrlStore.open(directory, unknown, clock);
  }

  private void write(String name, byte[] content) throws IOException {
    Files.write(directory.resolve(name), content);
  }

  private Verdict verify(CrlStore store, WorkloadCertificate certificate) {
    return new SvidVerifier(ChainLimits.DEFAULT, clock, store)
        .verify(certificate.chain(), PeerRole.CLIENT, ca.bundle());
  }

  private PeerRefusal judge(CrlStore store, WorkloadCertificate certificate) {
    Verdict verdict = verify(store, certificate);
    assertThat(verdict).isInstanceOf(Verdict.Refused.class);
    return ((Verdict.Refused) verdict).why();
  }
}
