package dev.marrow.waypoint.filter;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.Ed25519Verifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.SignedJWT;
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

  private Signatures() {}

  static boolean valid(SignedJWT jwt, JWKSet keys) throws JOSEException {
    String id = jwt.getHeader().getKeyID();
    for (JWK key : keys.getKeys()) {
      if (id != null && key.getKeyID() != null && !id.equals(key.getKeyID())) {
        continue;
      }
      JWSVerifier verifier = verifier(key, jwt.getHeader().getAlgorithm());
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
    if (key instanceof OctetKeyPair pair && algorithm.equals(JWSAlgorithm.EdDSA)) {
      return new Ed25519Verifier(pair.toPublicJWK());
    }
    return null;
  }
}
