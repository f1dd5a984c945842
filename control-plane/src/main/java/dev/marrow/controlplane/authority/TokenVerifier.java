package dev.marrow.controlplane.authority;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.Ed25519Verifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.marrow.controlplane.authority.Authentication.Known;
import dev.marrow.controlplane.authority.Authentication.Refused;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Verifies service account tokens in the form in which Kubernetes projects them into pods (RFC
 * 7519, RFC 8725): signature by a key of the file, audience, issuer, times, subject. Thread-safe.
 */
public final class TokenVerifier implements TokenCheck {
  /** Clocks of two machines differ. */
  private static final Duration SKEW = Duration.ofSeconds(30);

  private static final int MAX_LENGTH = 16 << 10;
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.EdDSA,
          JWSAlgorithm.Ed25519);
  private static final Pattern SUBJECT =
      Pattern.compile("system:serviceaccount:([a-z0-9.-]{1,253}):([a-z0-9.-]{1,253})");

  private final JwksFile keys;
  private final Set<String> issuers;
  private final String audience;
  private final Clock clock;

  /**
   * Verifies with the keys of {@code jwks}.
   *
   * @param issuers accepted ones; none: any whose key is in the file
   */
  public TokenVerifier(Path jwks, Set<String> issuers, String audience, Clock clock) {
    this.keys = new JwksFile(jwks);
    this.issuers = Set.copyOf(issuers);
    this.audience = audience;
    this.clock = clock;
  }

  @Override
  public Authentication verify(String token) {
    if (token.length() > MAX_LENGTH) {
      return new Refused(Refusal.TOKEN_MALFORMED, "longer than %d".formatted(MAX_LENGTH));
    }
    try {
      SignedJWT jwt = SignedJWT.parse(token);
      Optional<Refused> refused = signature(jwt);
      return refused.isPresent() ? refused.get() : claims(jwt.getJWTClaimsSet());
    } catch (ParseException | IllegalArgumentException e) {
      return new Refused(Refusal.TOKEN_MALFORMED, "not a signed JWT");
    } catch (JOSEException e) {
      return new Refused(Refusal.TOKEN_SIGNATURE, "key and algorithm do not fit");
    }
  }

  private Optional<Refused> signature(SignedJWT jwt) throws JOSEException {
    JWSAlgorithm algorithm = jwt.getHeader().getAlgorithm();
    if (!ALGORITHMS.contains(algorithm)) {
      return Optional.of(new Refused(Refusal.TOKEN_SIGNATURE, "algorithm " + algorithm));
    }
    @Nullable String keyId = jwt.getHeader().getKeyID();
    List<JWK> candidates =
        keys.keys().getKeys().stream()
            .filter(key -> keyId == null || keyId.equals(key.getKeyID()))
            .toList();
    if (candidates.isEmpty()) {
      return Optional.of(new Refused(Refusal.TOKEN_UNKNOWN_KEY, "key id " + keyId));
    }
    for (JWK key : candidates) {
      Optional<JWSVerifier> verifier = verifier(key);
      boolean fits =
          verifier.isPresent() && verifier.get().supportedJWSAlgorithms().contains(algorithm);
      if (fits && jwt.verify(verifier.get())) {
        return Optional.empty();
      }
    }
    return Optional.of(new Refused(Refusal.TOKEN_SIGNATURE, "signed by nobody we know"));
  }

  private static Optional<JWSVerifier> verifier(JWK key) throws JOSEException {
    return switch (key) {
      case ECKey ec -> Optional.of(new ECDSAVerifier(ec));
      case RSAKey rsa -> Optional.of(new RSASSAVerifier(rsa));
      case OctetKeyPair ed -> Optional.of(new Ed25519Verifier(ed));
      default -> Optional.empty();
    };
  }

  private Authentication claims(JWTClaimsSet claims) {
    Instant now = clock.instant();
    @Nullable Date end = claims.getExpirationTime();
    if (end == null || !now.isBefore(end.toInstant().plus(SKEW))) {
      return new Refused(Refusal.TOKEN_EXPIRED, "expired " + end);
    }
    @Nullable Date start = claims.getNotBeforeTime();
    if (start != null && now.isBefore(start.toInstant().minus(SKEW))) {
      return new Refused(Refusal.TOKEN_NOT_YET_VALID, "not before " + start);
    }
    if (!claims.getAudience().contains(audience)) {
      return new Refused(
          Refusal.TOKEN_AUDIENCE, "%s (expected: %s)".formatted(claims.getAudience(), audience));
    }
    @Nullable String issuer = claims.getIssuer();
    if (issuer == null || !issuers.isEmpty() && !issuers.contains(issuer)) {
      return new Refused(Refusal.TOKEN_ISSUER, String.valueOf(issuer));
    }
    @Nullable String subject = claims.getSubject();
    Matcher account = SUBJECT.matcher(subject == null ? "" : subject);
    return account.matches()
        ? new Known(new Caller(account.group(1), account.group(2), place(claims)))
        : new Refused(Refusal.TOKEN_SUBJECT, String.valueOf(subject));
  }

  private static Optional<Caller.Place> place(JWTClaimsSet claims) {
    if (!(claims.getClaim("kubernetes.io") instanceof Map<?, ?> kubernetes)) {
      return Optional.empty();
    }
    String node = text(kubernetes.get("node"), "name");
    String pod = text(kubernetes.get("pod"), "name");
    String uid = text(kubernetes.get("pod"), "uid");
    return node.isEmpty() ? Optional.empty() : Optional.of(new Caller.Place(pod, uid, node));
  }

  private static String text(@Nullable Object part, String field) {
    return part instanceof Map<?, ?> map && map.get(field) instanceof String value ? value : "";
  }
}
