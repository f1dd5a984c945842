package dev.marrow.controlplane.authority;

import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.stream.Collectors;

/** Certificates as text (RFC 7468). */
public final class Pem {
  private Pem() {}

  static String certificate(X509Certificate certificate) {
    try {
      String body =
          Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
              .encodeToString(certificate.getEncoded());
      return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("certificate", e);
    }
  }

  /** All of them, in an order of their own: the same set gives the same text. */
  public static String certificates(Collection<X509Certificate> certificates) {
    return certificates.stream()
        .sorted(Comparator.comparing(X509Certificate::getSerialNumber))
        .map(Pem::certificate)
        .collect(Collectors.joining());
  }
}
