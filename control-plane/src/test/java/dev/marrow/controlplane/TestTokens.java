package dev.marrow.controlplane;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.Map;

/** Tokens in the form of Kubernetes' projected ones, signed with a key of the test. */
public final class TestTokens {
  private final ECKey key;

  private TestTokens(ECKey key) {
    this.key = key;
  }

  public static TestTokens create(String keyId) {
    try {
      return new TestTokens(new ECKeyGenerator(Curve.P_256).keyID(keyId).generate());
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  public Path write(Path file) throws IOException {
    return Files.writeString(file, new JWKSet(key.toPublicJWK()).toString());
  }

  public String token(String namespace, String account, String node) {
    return sign(claims(namespace, account, node).build());
  }

  public JWTClaimsSet.Builder claims(String namespace, String account, String node) {
    return new JWTClaimsSet.Builder()
        .issuer("https://kubernetes.default.svc")
        .audience("istio-ca")
        .subject("system:serviceaccount:" + namespace + ":" + account)
        .expirationTime(Date.from(Instant.now().plusSeconds(3600)))
        .claim(
            "kubernetes.io",
            Map.of(
                "namespace",
                namespace,
                "node",
                Map.of("name", node),
                "pod",
                Map.of("name", account + "-1", "uid", "u-1"),
                "serviceaccount",
                Map.of("name", account)));
  }

  public String sign(JWTClaimsSet claims) {
    try {
      JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build();
      SignedJWT jwt = new SignedJWT(header, claims);
      jwt.sign(new ECDSASigner(key));
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }
}
