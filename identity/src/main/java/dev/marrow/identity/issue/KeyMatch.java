package dev.marrow.identity.issue;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;

/**
 * Whether a private key belongs to a public one: by a signature, which every kind of key can do.
 */
final class KeyMatch {
  private static final byte[] SOMETHING = "something to sign".getBytes(StandardCharsets.US_ASCII);

  private KeyMatch() {}

  static boolean matches(PublicKey publicKey, PrivateKey privateKey) {
    try {
      Signature signature = Signature.getInstance(algorithm(privateKey.getAlgorithm()));
      signature.initSign(privateKey);
      signature.update(SOMETHING);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(SOMETHING);
      return signature.verify(signed);
    } catch (GeneralSecurityException differentKind) {
      return false;
    }
  }

  private static String algorithm(String key) {
    return switch (key) {
      case "EC" -> "SHA256withECDSA";
      case "RSA" -> "SHA256withRSA";
      default -> key;
    };
  }
}
