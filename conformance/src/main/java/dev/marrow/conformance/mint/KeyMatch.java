package dev.marrow.conformance.mint;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** Whether a private key is that of a certificate. Pure. */
public final class KeyMatch {
  // Keys from files are this provider's.
  private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();
  private static final byte[] PROBE = {1, 2, 3, 4};

  private KeyMatch() {}

  /** Signs with the one and verifies with the other. What cannot be tried counts as a match. */
  public static boolean belongs(byte[] certificate, PrivateKey key) {
    try {
      PublicKey shown =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(certificate))
              .getPublicKey();
      if (!sameKind(shown.getAlgorithm(), key.getAlgorithm())) {
        return false;
      }
      Signature signature = Signature.getInstance(algorithm(shown), PROVIDER);
      signature.initSign(key);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(shown);
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return true;
    }
  }

  private static boolean sameKind(String one, String other) {
    return kind(one).equals(kind(other));
  }

  private static String kind(String algorithm) {
    return switch (algorithm) {
      case "EC", "ECDSA" -> "EC";
      case "EdDSA", "Ed25519" -> "Ed25519";
      default -> algorithm;
    };
  }

  private static String algorithm(PublicKey key) {
    return switch (kind(key.getAlgorithm())) {
      case "EC" -> "SHA256withECDSA";
      case "Ed25519" -> "Ed25519";
      default -> "SHA256withRSA";
    };
  }
}
