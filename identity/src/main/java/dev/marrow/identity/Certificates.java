package dev.marrow.identity;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** Reads certificates exactly: one DER object each, nothing after it, version 3. */
final class Certificates {
  private static final CertificateFactory FACTORY = factory();

  /** What the bytes of a chain turned out to be. */
  sealed interface Parsed {
    record Chain(List<X509Certificate> certificates) implements Parsed {}

    record Bad(String detail) implements Parsed {}
  }

  private Certificates() {}

  static Parsed parse(byte[][] chain) {
    List<X509Certificate> certificates = new ArrayList<>(chain.length);
    for (byte[] der : chain) {
      try {
        certificates.add(parse(der));
      } catch (CertificateException | RuntimeException malformed) {
        // The JDK's parser lets unchecked exceptions out for some malformed names.
        return new Parsed.Bad(
            "certificate %d: %s".formatted(certificates.size(), malformed.getMessage()));
      }
    }
    return new Parsed.Chain(certificates);
  }

  static byte[][] encoded(List<X509Certificate> chain) {
    byte[][] bytes = new byte[chain.size()][];
    for (int i = 0; i < bytes.length; i++) {
      try {
        bytes[i] = chain.get(i).getEncoded();
      } catch (CertificateEncodingException impossible) {
        throw new IllegalArgumentException("chain: certificate %d".formatted(i), impossible);
      }
    }
    return bytes;
  }

  private static X509Certificate parse(byte[] der) throws CertificateException {
    if (der.length == 0 || der[0] != 0x30) {
      // The factory would read PEM as well.
      throw new CertificateException("not DER");
    }
    ByteArrayInputStream in = new ByteArrayInputStream(der);
    X509Certificate certificate = (X509Certificate) FACTORY.generateCertificate(in);
    if (in.available() > 0) {
      throw new CertificateException(in.available() + " bytes after it");
    }
    if (certificate.getVersion() != 3) {
      throw new CertificateException(
          "version %d (expected: 3)".formatted(certificate.getVersion()));
    }
    if (certificate.getSerialNumber().signum() <= 0) {
      throw new CertificateException("serial number (expected: > 0, RFC 5280 §4.1.2.2)");
    }
    return certificate;
  }

  private static CertificateFactory factory() {
    try {
      return CertificateFactory.getInstance("X.509");
    } catch (CertificateException e) {
      throw new IllegalStateException("no X.509 in this JDK", e);
    }
  }
}
