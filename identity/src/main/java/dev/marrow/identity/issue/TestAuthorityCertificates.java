package dev.marrow.identity.issue;

import dev.marrow.identity.CertificateSource;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.LoggerFactory;

/**
 * Certificates signed in this process by a root whose key is in a file ({@code FAKE_CA}): for tests
 * and measurements, where two implementations share the files. Proves nothing to anybody.
 */
public final class TestAuthorityCertificates {
  private TestAuthorityCertificates() {}

  /**
   * @param root PEM: the certificate that signs, then others to trust beside it
   * @param key PEM of its RSA or EC key
   * @param life of each certificate
   */
  public static CertificateSource open(FileOrText root, FileOrText key, Duration life) {
    LoggerFactory.getLogger(TestAuthorityCertificates.class)
        .warn("certificates are signed by a test authority: nobody's identity is proven");
    Clock clock = Clock.systemUTC();
    IssuedCertificates certificates =
        new IssuedCertificates(
            new TestAuthorityIssuer(root, key, life, clock),
            IssueSettings.DEFAULT,
            IssuedCertificates.system(clock));
    certificates.renewOnChangeOf(root);
    return certificates;
  }
}
