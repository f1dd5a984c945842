package dev.marrow.identity.authority;

import dev.marrow.identity.Pem;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.List;

/** A CA certificate and its key. The key is not shown by {@link #toString()}. */
record SigningKey(X509Certificate certificate, PrivateKey key) {

  /** Both in one text, so that a file with them is there whole or not at all. */
  String toPem() {
    return Pem.encode(certificate) + Pem.encode(key);
  }

  static SigningKey fromPem(String pem) {
    List<X509Certificate> certificates = Pem.certificates(pem);
    if (certificates.size() != 1) {
      throw new IllegalArgumentException(
          "certificates: %d (expected: 1)".formatted(certificates.size()));
    }
    return new SigningKey(certificates.getFirst(), Pem.privateKey(pem));
  }

  static KeyPair generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException | InvalidAlgorithmParameterException e) {
      throw new IllegalStateException("no P-256 in this JDK", e);
    }
  }

  @Override
  public String toString() {
    return "SigningKey[%s, serial %s]"
        .formatted(
            certificate.getSubjectX500Principal(), certificate.getSerialNumber().toString(16));
  }
}
