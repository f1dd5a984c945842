package dev.marrow.waypoint.filter;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.SignedJWT;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks a JWT's signature with the public keys of a set. Only asymmetric algorithms: a shared
 * secret in a published key set is none, and {@code none} is no signature.
 */
final class Signatures {
  private static final Set<JWSAlgorithm> RSA =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512);
  private static final Set<JWSAlgorithm> EC =
      Set.of(JWSAlgorithm.ES256, JWSAlgorithm.ES384, JWSAlgorithm.ES512);

  /** What stands in front of a key's 32 bytes in X.509 (RFC 8410 §4). */
  private static final byte[] ED25519 = HexFormat.of().parseHex("302a300506032b6570032100");

  private Signatures() {}

  static boolean valid(SignedJWT jwt, JWKSet keys) throws JOSEException {
    String id = jwt.getHeader().getKeyID();
    for (JWK key : keys.getKeys()) {
      if (id != null && key.getKeyID() != null && !id.equals(key.getKeyID())) {
        continue;
      }
      JWSAlgorithm algorithm = jwt.getHeader().getAlgorithm();
      if (key instanceof OctetKeyPair pair && algorithm.equals(JWSAlgorithm.EdDSA)) {
        if (Curve.Ed25519.equals(pair.getCurve()) && validEdwards(jwt, pair)) {
          return true;
        }
        continue;
      }
      JWSVerifier verifier = verifier(key, algorithm);
      if (verifier != null && jwt.verify(verifier)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable JWSVerifier verifier(JWK key, JWSAlgorithm algorithm)
      throws JOSEException {
    if (key instanceof RSAKey rsa && RSA.contains(algorithm)) {
      return new RSASSAVerifier(rsa);
    }
    if (key instanceof ECKey ec
        && EC.contains(algorithm)
        && new ECDSAVerifier(ec).supportedJWSAlgorithms().contains(algorithm)) {
      return new ECDSAVerifier(ec);
    }
    return null;
  }

  /** By the JDK: for these, the library needs another one that we do not have (RFC 8037 §3.1). */
  private static boolean validEdwards(SignedJWT jwt, OctetKeyPair key) {
    if (jwt.getHeader().getCriticalParams() != null) {
      return false;
    }
    try {
      byte[] x = key.getDecodedX();
      byte[] encoded = Arrays.copyOf(ED25519, ED25519.length + x.length);
      System.arraycopy(x, 0, encoded, ED25519.length, x.length);
      Signature signature = Signature.getInstance("Ed25519");
      signature.initVerify(
          KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
      signature.update(jwt.getSigningInput());
      return signature.verify(jwt.getSignature().decode());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
