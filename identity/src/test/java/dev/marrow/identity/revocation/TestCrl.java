package dev.marrow.identity.revocation;

import dev.marrow.identity.TestCa;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Revocation lists for tests. */
public final class TestCrl {
  private TestCrl() {}

  /** A list of {@code issuer} in DER, valid for a day from {@code from} on. */
  public static byte[] der(TestCa issuer, Instant from, X509Certificate... revoked) {
    try {
      JcaX509v2CRLBuilder builder =
          new JcaX509v2CRLBuilder(issuer.certificate().getSubjectX500Principal(), Date.from(from));
      builder.setNextUpdate(Date.from(from.plus(Duration.ofDays(1))));
      for (X509Certificate certificate : revoked) {
        builder.addCRLEntry(
            certificate.getSerialNumber(), Date.from(from), CRLReason.keyCompromise);
      }
      return builder
          .build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.key().getPrivate()))
          .getEncoded();
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException("test list", e);
    }
  }
}
