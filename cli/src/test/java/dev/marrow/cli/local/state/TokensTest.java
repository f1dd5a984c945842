package dev.marrow.cli.local.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensTest {
  private static final Instant NOW = Instant.parse("2026-11-23T00:00:00Z");
  private static final Tokens.Subject SUBJECT =
      new Tokens.Subject("shop", "web", "web-1", "uid-1", "node-1");

  @TempDir private Path directory = Path.of("");

  private Tokens at(Duration later) throws Exception {
    return Tokens.open(directory, Clock.fixed(NOW.plus(later), ZoneOffset.UTC));
  }

  @Test
  void aTokenHasTheShapeOfAProjectedOne() throws Exception {
    SignedJWT token = SignedJWT.parse(Files.readString(at(Duration.ZERO).keep("web", SUBJECT)));

    var claims = token.getJWTClaimsSet();
    assertThat(claims.getSubject()).isEqualTo("system:serviceaccount:shop:web");
    assertThat(claims.getAudience()).containsExactly("istio-ca");
    assertThat(claims.getExpirationTime().toInstant()).isEqualTo(NOW.plus(Duration.ofHours(1)));
    assertThat(claims.getJSONObjectClaim("kubernetes.io"))
        .containsEntry("namespace", "shop")
        .containsEntry("pod", Map.of("name", "web-1", "uid", "uid-1"))
        .containsEntry("node", Map.of("name", "node-1"));
  }

  @Test
  void thePublishedKeyVerifiesItAndIsNotSecret() throws Exception {
    SignedJWT token = SignedJWT.parse(Files.readString(at(Duration.ZERO).keep("web", SUBJECT)));
    JWKSet keys = JWKSet.load(directory.resolve("jwks.json").toFile());

    var key = keys.getKeyByKeyId(token.getHeader().getKeyID()).toECKey();
    assertThat(key.isPrivate()).isFalse();
    assertThat(token.verify(new ECDSAVerifier(key))).isTrue();
  }

  @Test
  void onlyTheOwnerMayReadSecrets() throws Exception {
    Path token = at(Duration.ZERO).keep("web", SUBJECT);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
        .isEqualTo("rw-------");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve("signing-key.json"))))
        .isEqualTo("rw-------");
  }

  @Test
  void aTokenIsRenewedAtHalfOfItsLifeWithTheSameKey() throws Exception {
    Tokens tokens = at(Duration.ZERO);
    String first = Files.readString(tokens.keep("web", SUBJECT));
    assertThat(Files.readString(tokens.keep("web", SUBJECT))).isEqualTo(first);

    SignedJWT second =
        SignedJWT.parse(Files.readString(at(Duration.ofMinutes(31)).keep("web", SUBJECT)));

    assertThat(second.serialize()).isNotEqualTo(first);
    assertThat(second.getHeader().getKeyID())
        .isEqualTo(SignedJWT.parse(first).getHeader().getKeyID());
  }
}
