package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tokens of an issuer whose keys are fetched over HTTP (RequestAuthentication). */
@Timeout(60)
class TokensTest {
  private static final String NEEDS_TOKEN =
      ", \"policies\": [ { \"name\": \"shop/jwt\", \"action\": \"ALLOW\", \"rules\": [ { \"from\": [ { \"requestPrincipals\": [ { \"prefix\": \"https://issuer/\" } ] } ],"
          + " \"when\": [ { \"key\": \"request.auth.claims[groups]\", \"values\": [ { \"exact\": \"editors\" } ] } ] } ] } ]";

  @TempDir Path folder;

  private final Apps.Recorder app = new Apps.Recorder("app");
  private final AtomicReference<String> published = new AtomicReference<>("");
  private final AtomicInteger fetches = new AtomicInteger();
  private ECKey key;
  private HttpServer issuer;

  @BeforeEach
  void issuer() throws Exception {
    key = new ECKeyGenerator(Curve.P_256).keyID("one").generate();
    published.set(new JWKSet(key.toPublicJWK()).toString());
    issuer = HttpServer.create(PlainWaypoint.loopback(), 0);
    issuer.createContext(
        "/keys",
        exchange -> {
          try (exchange) {
            fetches.incrementAndGet();
            String keys = Objects.requireNonNull(published.get());
            Apps.answer(exchange, keys.isEmpty() ? 500 : 200, keys);
          }
        });
    issuer.start();
  }

  @AfterEach
  void stop() {
    issuer.stop(0);
  }

  private PlainWaypoint waypoint(String more, String policies) throws Exception {
    String provider =
        ", \"jwtProviders\": [ { \"issuer\": \"https://issuer\", \"jwksUri\": \"http://127.0.0.1:%d/keys\" %s } ]"
            .formatted(issuer.getAddress().getPort(), more);
    return PlainWaypoint.of(folder, PlainWaypoint.port("HTTP1", "") + provider + policies, app);
  }

  private static JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder()
        .issuer("https://issuer")
        .subject("anna")
        .audience("shop")
        .claim("groups", List.of("readers", "editors"))
        .claim("nested", Map.of("city", "Ulm"))
        .expirationTime(Date.from(Instant.now().plusSeconds(600)));
  }

  private String token(JWTClaimsSet.Builder claims) throws Exception {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(),
            claims.build());
    jwt.sign(new ECDSASigner(key));
    return jwt.serialize();
  }

  private static int status(PlainWaypoint waypoint, String token) throws Exception {
    return waypoint.get("/", "authorization", "Bearer " + token).statusCode();
  }

  @Test
  void aGoodTokenPassesItsClaimsGoUpstreamAndKeysAreFetchedOnce() throws Exception {
    String more =
        ", \"audiences\": [\"shop\"], \"forwardOriginalToken\": false, \"outputPayloadToHeader\": \"x-payload\", \"claimsToHeaders\": [ { \"header\": \"x-sub\", \"claim\": \"sub\" }, { \"header\": \"x-city\", \"claim\": \"nested.city\" } ]";
    try (PlainWaypoint waypoint = waypoint(more, NEEDS_TOKEN)) {
      String token = token(claims());
      for (int i = 0; i < 5; i++) {
        assertThat(
                waypoint
                    .get("/", "authorization", "Bearer " + token, "x-sub", "forged")
                    .statusCode())
            .isEqualTo(200);
      }

      Apps.Seen seen = app.seen.getFirst();
      assertThat(seen.header("x-sub")).isEqualTo("anna");
      assertThat(seen.header("x-city")).isEqualTo("Ulm");
      assertThat(seen.header("x-payload")).isNotEmpty();
      assertThat(seen.header("authorization")).isEmpty();
      assertThat(fetches).hasValue(1);
    }
  }

  @Test
  void whatAClientWritesIntoTheHeadersOfClaimsNeverGoesUpstream() throws Exception {
    String more =
        ", \"outputPayloadToHeader\": \"x-payload\", \"claimsToHeaders\": [ { \"header\": \"x-sub\", \"claim\": \"sub\" } ]";
    try (PlainWaypoint waypoint = waypoint(more, "")) {
      waypoint.get("/", "x-payload", "forged", "x-sub", "forged");

      assertThat(app.seen.getFirst().header("x-payload")).isEmpty();
      assertThat(app.seen.getFirst().header("x-sub")).isEmpty();
    }
  }

  @Test
  void aBadTokenIsFoundBehindAnotherFieldOfItsHeader() throws Exception {
    try (PlainWaypoint waypoint = waypoint("", "")) {
      String good = "Bearer " + token(claims());
      String bad = "Bearer " + token(claims().issuer("https://evil"));

      for (String first : List.of("Basic YTpi", good)) {
        var response = waypoint.get("/", "authorization", first, "authorization", bad);
        assertThat(response.statusCode()).isEqualTo(401);
      }
      assertThat(waypoint.get("/", "authorization", "Basic YTpi").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void keysThatCannotBeReadRefuseTokensAndNothingElse() throws Exception {
    String rules =
        ", \"jwtProviders\": [ { \"issuer\": \"https://issuer\", \"jwks\": \"no keys\" } ]";
    try (PlainWaypoint waypoint =
        PlainWaypoint.of(folder, PlainWaypoint.port("HTTP1", "") + rules, app)) {
      assertThat(status(waypoint, token(claims()))).isEqualTo(401);
      assertThat(waypoint.get("/").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void scopesAndPermissionsAreListsWithBlanksBetween() throws Exception {
    String policy =
        ", \"policies\": [ { \"name\": \"shop/s\", \"action\": \"DENY\", \"rules\": [ { \"when\": [ { \"key\": \"request.auth.claims[%s]\", \"values\": [ { \"exact\": \"admin\" } ] } ] } ] } ]";
    for (String name : List.of("scope", "permission")) {
      try (PlainWaypoint waypoint = waypoint("", policy.formatted(name))) {
        assertThat(status(waypoint, token(claims().claim(name, "read admin")))).isEqualTo(403);
        assertThat(status(waypoint, token(claims().claim(name, "read only")))).isEqualTo(200);
      }
    }
  }

  @Test
  void edwardsCurvesAreKnownAndKeysForOtherUsesPassedOver() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] encoded = pair.getPublic().getEncoded();
    byte[] x = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    JWK encrypts = new OctetKeyPair.Builder(Curve.X25519, Base64URL.encode(x)).build();
    JWK signs = new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(x)).build();
    published.set(new JWKSet(List.of(encrypts, signs)).toString());
    try (PlainWaypoint waypoint = waypoint("", "")) {
      String good = edwards(claims(), pair.getPrivate());

      assertThat(status(waypoint, good)).isEqualTo(200);
      assertThat(status(waypoint, good.replaceAll("[^.]+$", "AAAA"))).isEqualTo(401);
      PrivateKey other = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate();
      assertThat(status(waypoint, edwards(claims(), other))).isEqualTo(401);
    }
  }

  private static String edwards(JWTClaimsSet.Builder claims, PrivateKey key) throws Exception {
    String text =
        new JWSHeader(JWSAlgorithm.EdDSA).toBase64URL()
            + "."
            + claims.build().toPayload().toBase64URL();
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(key);
    signature.update(text.getBytes(StandardCharsets.US_ASCII));
    return text + "." + Base64URL.encode(signature.sign());
  }

  @Test
  void badTokensGet401AndNoTokenIsThePoliciesMatter() throws Exception {
    try (PlainWaypoint waypoint = waypoint(", \"audiences\": [\"shop\"]", NEEDS_TOKEN)) {
      Instant past = Instant.now().minusSeconds(3600);
      SignedJWT shared = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims().build());
      shared.sign(new MACSigner(key.toPublicJWK().toString().getBytes(StandardCharsets.UTF_8)));
      RSAKey other = new RSAKeyGenerator(2048).keyID("one").generate();
      SignedJWT foreign = new SignedJWT(new JWSHeader(JWSAlgorithm.RS256), claims().build());
      foreign.sign(new RSASSASigner(other));

      assertThat(status(waypoint, "no.jwt.atall")).isEqualTo(401);
      assertThat(status(waypoint, token(claims().expirationTime(Date.from(past))))).isEqualTo(401);
      assertThat(status(waypoint, token(claims().issuer("https://evil")))).isEqualTo(401);
      assertThat(status(waypoint, token(claims().audience("bank")))).isEqualTo(401);
      assertThat(status(waypoint, shared.serialize())).isEqualTo(401);
      assertThat(status(waypoint, foreign.serialize())).isEqualTo(401);
      assertThat(status(waypoint, token(claims()).replaceAll("[^.]+$", "AAAA"))).isEqualTo(401);
      assertThat(waypoint.get("/").statusCode()).isEqualTo(403);
      assertThat(status(waypoint, token(claims().claim("groups", "readers")))).isEqualTo(403);
      assertThat(app.seen).isEmpty();
    }
  }

  @Test
  void keysThatTheIssuerAddsAreFound() throws Exception {
    try (PlainWaypoint waypoint = waypoint("", "")) {
      published.set("");
      assertThat(status(waypoint, token(claims()))).isEqualTo(401);

      published.set(new JWKSet(key.toPublicJWK()).toString());
      String token = token(claims());
      PlainWaypoint.await(() -> {
        try {
          return status(waypoint, token) == 200;
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      });
      assertThat(status(waypoint, token)).isEqualTo(200);
    }
  }

  @Test
  void tokensAreFoundInHeadersParametersAndCookies() throws Exception {
    String more =
        ", \"fromHeaders\": [ { \"name\": \"x-jwt\", \"prefix\": \"T \" } ], \"fromParams\": [\"t\"], \"fromCookies\": [\"c\"]";
    try (PlainWaypoint waypoint = waypoint(more, NEEDS_TOKEN)) {
      String token = token(claims());

      assertThat(waypoint.get("/", "x-jwt", "T " + token).statusCode()).isEqualTo(200);
      assertThat(waypoint.get("/?a=b&t=" + token).statusCode()).isEqualTo(200);
      assertThat(waypoint.get("/", "cookie", "a=b; c=" + token).statusCode()).isEqualTo(200);
      assertThat(waypoint.get("/", "authorization", "Bearer " + token).statusCode()).isEqualTo(403);
    }
  }

  @Test
  void keysThatStopInTheMiddleAreWaitedForNoLongerThanOthers() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    issuer.removeContext("/keys");
    issuer.createContext(
        "/keys",
        exchange -> {
          exchange.sendResponseHeaders(200, 1000);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
          assertThat(go).satisfies(CountDownLatch::await);
        });
    try (PlainWaypoint waypoint = waypoint("", NEEDS_TOKEN)) {
      assertThat(status(waypoint, token(claims()))).isEqualTo(401);
    } finally {
      go.countDown();
    }
  }
}
