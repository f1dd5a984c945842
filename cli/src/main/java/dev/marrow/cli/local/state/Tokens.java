package dev.marrow.cli.local.state;

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
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Service account tokens with the shape of Kubernetes' projected ones, signed with a key of the
 * mesh. Written as {@code NAME.jwt} and again at half of their life; {@code jwks.json} has the
 * public key. Confined to the supervisor's thread.
 */
public final class Tokens {
  private static final Duration LIFE = Duration.ofHours(1);
  private static final String ISSUER = "https://marrow.local";
  private static final String AUDIENCE = "istio-ca";

  /** Whom a token speaks for. */
  public record Subject(
      String namespace, String serviceAccount, String pod, String podUid, String node) {}

  private final Path directory;
  private final Clock clock;
  private final ECKey key;
  private final Map<String, Instant> renewal = new HashMap<>();

  private Tokens(Path directory, Clock clock, ECKey key) {
    this.directory = directory;
    this.clock = clock;
    this.key = key;
  }

  /** Opens the folder; makes the key when there is none. */
  public static Tokens open(Path directory, Clock clock) throws IOException {
    try {
      Path file = directory.resolve("signing-key.json");
      Optional<String> text = StateDirectory.read(file);
      ECKey key = text.isPresent() ? ECKey.parse(text.get()) : newKey();
      if (text.isEmpty()) StateDirectory.writeSecret(file, key.toJSONString());
      StateDirectory.write(
          directory.resolve("jwks.json"), new JWKSet(key.toPublicJWK()).toString());
      return new Tokens(directory, clock, key);
    } catch (ParseException | JOSEException e) {
      throw new IOException(directory + ": signing key: " + e.getMessage(), e);
    }
  }

  private static ECKey newKey() throws JOSEException {
    return new ECKeyGenerator(Curve.P_256)
        .keyIDFromThumbprint(true)
        .algorithm(JWSAlgorithm.ES256)
        .generate();
  }

  public Path file(String name) {
    return directory.resolve(name + ".jwt");
  }

  /** Writes the token when it is missing or past half of its life. */
  public Path keep(String name, Subject subject) throws IOException {
    Path file = file(name);
    Instant now = clock.instant();
    if (now.isBefore(renewal.getOrDefault(name, Instant.MIN)) && Files.exists(file)) return file;
    StateDirectory.writeSecret(file, sign(subject, now));
    renewal.put(name, now.plus(LIFE.dividedBy(2)));
    return file;
  }

  public void forget(String name) throws IOException {
    renewal.remove(name);
    Files.deleteIfExists(file(name));
  }

  private String sign(Subject subject, Instant now) throws IOException {
    Map<String, Object> kubernetes = new HashMap<>();
    kubernetes.put("namespace", subject.namespace());
    kubernetes.put("serviceaccount", Map.of("name", subject.serviceAccount()));
    kubernetes.put("pod", Map.of("name", subject.pod(), "uid", subject.podUid()));
    kubernetes.put("node", Map.of("name", subject.node()));
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(ISSUER)
            .audience(AUDIENCE)
            .subject(
                "system:serviceaccount:" + subject.namespace() + ":" + subject.serviceAccount())
            .issueTime(Date.from(now))
            .notBeforeTime(Date.from(now))
            .expirationTime(Date.from(now.plus(LIFE)))
            .claim("kubernetes.io", kubernetes)
            .build();
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(), claims);
    try {
      token.sign(new ECDSASigner(key));
    } catch (JOSEException e) {
      throw new IOException("token of " + subject + ": " + e.getMessage(), e);
    }
    return token.serialize();
  }
}
