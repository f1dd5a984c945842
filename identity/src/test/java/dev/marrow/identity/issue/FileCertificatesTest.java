package dev.marrow.identity.issue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.identity.Pem;
import dev.marrow.identity.TestCa;
import dev.marrow.identity.TestClock;
import dev.marrow.identity.TrustDomain;
import dev.marrow.identity.WorkloadCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCertificatesTest {
  private static final String SHOP = "spiffe://cluster.local/ns/shop/sa/shop";

  private final TestClock clock = TestClock.noon();
  private final TestTimer timer = new TestTimer(clock);
  private final TestCa ca = TestCa.of("cluster.local", clock);
  private final WorkloadCertificate shop = ca.intermediate().issue(SHOP);
  @TempDir Path directory;

  @Test
  void theCertificateIsReadWithItsChainAndRoots() throws IOException {
    write(shop);

    try (FileCertificates files = watch()) {
      WorkloadCertificate read = files.current(shop.id()).orElseThrow();
      assertThat(read.chain()).isEqualTo(shop.chain());
      assertThat(read.trust().rootsOf(ca.trustDomain())).containsExactly(ca.root());
      assertThat(read.trust().rootsOf(TrustDomain.parse("old.local"))).containsExactly(ca.root());
    }
  }

  @Test
  void aReplacedCertificateIsSeenWithinTwoSeconds() throws IOException {
    write(shop);
    try (FileCertificates files = watch()) {
      List<WorkloadCertificate> renewed = new ArrayList<>();
      files.onRenewed(renewed::add);
      WorkloadCertificate next = ca.issue(SHOP);

      write(next);
      timer.advance(Duration.ofSeconds(2));

      assertThat(renewed).extracting(WorkloadCertificate::leaf).containsExactly(next.leaf());
      assertThat(files.current(shop.id()).orElseThrow().leaf()).isEqualTo(next.leaf());
    }
  }

  @Test
  void filesThatDoNotFitTogetherAreNotUsed() throws IOException {
    write(shop);
    try (FileCertificates files = watch()) {
      Files.writeString(
          directory.resolve("key.pem"), Pem.encode(TestCa.keyPair("EC", 256).getPrivate()));
      timer.advance(Duration.ofSeconds(2));

      assertThat(files.current(shop.id()).orElseThrow().leaf()).isEqualTo(shop.leaf());
    }
  }

  @Test
  void withoutFilesWhoAsksIsToldAtOnceUntilTheyAreThere() throws IOException {
    try (FileCertificates files = watch()) {
      assertThat(IssuedCertificatesTest.reason(files.certificate(shop.id())))
          .isEqualTo(Issue.Reason.BAD_CREDENTIALS);

      write(shop);
      timer.advance(Duration.ofSeconds(2));

      assertThat(files.certificate(shop.id()).toCompletableFuture()).isCompleted();
    }
  }

  private FileCertificates watch() {
    return FileCertificates.watch(
        new FileCertificates.Files(
            directory.resolve("chain.pem"),
            directory.resolve("key.pem"),
            directory.resolve("roots.pem"),
            Set.of(TrustDomain.parse("old.local"))),
        clock,
        timer);
  }

  private void write(WorkloadCertificate certificate) throws IOException {
    Files.writeString(directory.resolve("chain.pem"), Pem.encode(certificate.chain()));
    Files.writeString(directory.resolve("key.pem"), Pem.encode(certificate.key()));
    Files.writeString(directory.resolve("roots.pem"), Pem.encode(ca.root()));
  }
}
