package dev.marrow.identity;

import dev.marrow.identity.Verdict.Refused;
import java.io.IOException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PSSParameterSpec;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys and signatures we accept (RFC 9325 §4.5). Looked at before any signature is verified: an
 * RSA key of 16384 bits costs the verifier, not the sender.
 */
public final class Strength {
  private static final int MIN_RSA_BITS = 2048;
  private static final int MAX_RSA_BITS = 8192;
  private static final BigInteger MIN_RSA_EXPONENT = BigInteger.valueOf(65537);
  private static final int MAX_RSA_EXPONENT_BITS = 64;
  private static final Set<Integer> EC_FIELD_BITS = Set.of(256, 384, 521);
  private static final Set<String> SIGNATURES =
      Set.of(
          "1.2.840.10045.4.3.2", // ecdsa-with-SHA256, -384, -512
          "1.2.840.10045.4.3.3",
          "1.2.840.10045.4.3.4",
          "1.2.840.113549.1.1.11", // sha256-, sha384-, sha512WithRSAEncryption
          "1.2.840.113549.1.1.12",
          "1.2.840.113549.1.1.13",
          "1.3.101.112"); // Ed25519
  private static final String RSASSA_PSS = "1.2.840.113549.1.1.10";
  private static final Set<String> DIGESTS = Set.of("SHA-256", "SHA-384", "SHA-512");

  private Strength() {}

  /** The weakness of {@code path}, whose last element is the root: nobody signed for that one. */
  static Optional<Refused> refusal(List<X509Certificate> path) {
    for (int i = 0; i < path.size(); i++) {
      X509Certificate certificate = path.get(i);
      if (!accepts(certificate.getPublicKey())) {
        return refused(i, "key " + describe(certificate.getPublicKey()));
      }
      if (i < path.size() - 1 && !strongSignature(certificate)) {
        return refused(i, "signature " + certificate.getSigAlgName());
      }
    }
    return Optional.empty();
  }

  /** Whether {@code key} is of today's strength, and not so large that it hurts us. */
  public static boolean accepts(PublicKey key) {
    return switch (key) {
      case RSAPublicKey rsa ->
          rsa.getModulus().bitLength() >= MIN_RSA_BITS
              && rsa.getModulus().bitLength() <= MAX_RSA_BITS
              && rsa.getPublicExponent().compareTo(MIN_RSA_EXPONENT) >= 0
              && rsa.getPublicExponent().bitLength() <= MAX_RSA_EXPONENT_BITS;
      case ECPublicKey ec ->
          EC_FIELD_BITS.contains(ec.getParams().getCurve().getField().getFieldSize());
      case EdECPublicKey ed -> ed.getParams().getName().equals("Ed25519");
      default -> false;
    };
  }

  private static boolean strongSignature(X509Certificate certificate) {
    return certificate.getSigAlgOID().equals(RSASSA_PSS)
        ? strongDigest(certificate.getSigAlgParams())
        : SIGNATURES.contains(certificate.getSigAlgOID());
  }

  // RFC 4055 §3.1: without parameters, the digest is SHA-1.
  private static boolean strongDigest(byte @Nullable [] parameters) {
    if (parameters == null) {
      return false;
    }
    try {
      AlgorithmParameters pss = AlgorithmParameters.getInstance("RSASSA-PSS");
      pss.init(parameters);
      return DIGESTS.contains(pss.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm());
    } catch (GeneralSecurityException | IOException malformed) {
      return false;
    }
  }

  private static String describe(PublicKey key) {
    return switch (key) {
      case RSAPublicKey rsa ->
          "RSA-%d, exponent of %d bits"
              .formatted(rsa.getModulus().bitLength(), rsa.getPublicExponent().bitLength());
      case ECPublicKey ec ->
          "EC of %d bits".formatted(ec.getParams().getCurve().getField().getFieldSize());
      default -> key.getAlgorithm();
    };
  }

  private static Optional<Refused> refused(int index, String detail) {
    return Optional.of(
        new Refused(PeerRefusal.WEAK_CRYPTO, "certificate %d: %s".formatted(index, detail)));
  }
}
