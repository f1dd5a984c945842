package dev.marrow.identity.revocation;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/** Reads revocation lists (RFC 5280 §5) from PEM, of which there may be several, or from DER. */
final class CrlFile {
  private static final byte[] PEM_START = "-----BEGIN".getBytes(StandardCharsets.US_ASCII);

  private CrlFile() {}

  /** Throws {@link IllegalArgumentException} if anything in it is malformed. */
  static List<X509CRL> parse(byte[] content) {
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      return isPem(content) ? pem(content, factory) : List.of(der(content, factory));
    } catch (IOException | CertificateException | CRLException | RuntimeException e) {
      // The JDK's parser lets unchecked exceptions out.
      throw new IllegalArgumentException("crl: malformed: " + e.getMessage(), e);
    }
  }

  private static List<X509CRL> pem(byte[] content, CertificateFactory factory)
      throws IOException, CRLException {
    List<X509CRL> lists = new ArrayList<>();
    String text = new String(content, StandardCharsets.US_ASCII);
    try (PemReader reader = new PemReader(new StringReader(text))) {
      for (PemObject block = reader.readPemObject();
          block != null;
          block = reader.readPemObject()) {
        if (block.getType().equals("X509 CRL")) {
          lists.add(der(block.getContent(), factory));
        }
      }
    }
    if (lists.isEmpty()) {
      throw new IllegalArgumentException("no X509 CRL block");
    }
    return lists;
  }

  private static X509CRL der(byte[] der, CertificateFactory factory) throws CRLException {
    ByteArrayInputStream in = new ByteArrayInputStream(der);
    X509CRL list = (X509CRL) factory.generateCRL(in);
    if (in.available() > 0) {
      throw new CRLException(in.available() + " bytes after it");
    }
    return list;
  }

  private static boolean isPem(byte[] content) {
    String start =
        new String(content, 0, Math.min(content.length, 4096), StandardCharsets.US_ASCII);
    return start.contains(new String(PEM_START, StandardCharsets.US_ASCII));
  }
}
