package dev.marrow.identity.issue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.identity.CertificateSource;
import dev.marrow.identity.Pem;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.TestCa;
import dev.marrow.identity.WorkloadCertificate;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestAuthorityCertificatesTest {
  private static final SpiffeId SHOP = SpiffeId.parse("spiffe://cluster.local/ns/shop/sa/shop");

  @ParameterizedTest
  @CsvSource({"RSA, 2048", "EC, 256"})
  void leafsAreSignedByTheGivenRoot(String algorithm, int bits) {
    TestCa root =
        TestCa.of("cluster.local", Clock.systemUTC(), c -> c.key(TestCa.keyPair(algorithm, bits)));
    var rootPem = new FileOrText.Text(Pem.encode(root.root()));
    var keyPem = new FileOrText.Text(Pem.encode(root.key().getPrivate()));

    try (CertificateSource source =
        TestAuthorityCertificates.open(rootPem, keyPem, Duration.ofHours(24))) {
      WorkloadCertificate certificate =
          source.certificate(SHOP).toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();

      assertThat(certificate.id()).isEqualTo(SHOP);
      assertThat(certificate.leaf().getPublicKey().getAlgorithm()).isEqualTo("EC");
      assertThat(certificate.leaf().getCriticalExtensionOIDs()).contains("2.5.29.17");
      assertThat(Duration.between(certificate.notBefore(), certificate.notAfter()))
          .isLessThanOrEqualTo(Duration.ofHours(25));
    }
  }
}
