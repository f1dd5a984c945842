package dev.marrow.waypoint.filter;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.waypoint.authorize.Token;
import dev.marrow.waypoint.destination.JwtRule;
import dev.marrow.waypoint.route.QueryText;
import dev.marrow.waypoint.route.RequestTexts;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the JWTs of requests (RequestAuthentication). Keys that are not at hand are fetched
 * elsewhere; the event loop never waits. Thread-safe.
 */
public final class Tokens {
  private final KeySets keys;
  private final Clock clock;

  public Tokens(KeySets keys, Clock clock) {
    this.keys = keys;
    this.clock = clock;
  }

  /**
   * Checks the token of {@code request}, if it has one, and writes what the rule wants written into
   * its head.
   *
   * @param done called exactly once: inside this call, or on {@code loop} if keys are fetched first
   */
  public void check(
      List<JwtRule> rules, Headers request, Executor loop, Consumer<TokenCheck> done) {
    // Upstream these speak for the issuer: what a client wrote there never gets through.
    for (JwtRule rule : rules) {
      rule.claimHeaders().keySet().forEach(request::remove);
      if (rule.outputPayload() != null) {
        request.remove(rule.outputPayload());
      }
    }
    Found found = find(rules, request);
    if (found == null) {
      done.accept(new TokenCheck.Absent());
      return;
    }
    SignedJWT jwt;
    JwtRule rule;
    try {
      jwt = SignedJWT.parse(found.text());
      rule = byIssuer(rules, String.valueOf(jwt.getJWTClaimsSet().getIssuer()));
    } catch (ParseException e) {
      done.accept(new TokenCheck.Refused("JwtBadFormat"));
      return;
    }
    if (rule == null) {
      done.accept(new TokenCheck.Refused("JwtUnknownIssuer"));
      return;
    }
    JWKSet known = keys.current(rule);
    if (known != null) {
      done.accept(verify(jwt, rule, known, request, found));
      return;
    }
    CompletionStage<JWKSet> fetched = keys.fetch(rule);
    fetched.whenCompleteAsync(
        (set, failure) ->
            done.accept(
                failure != null
                    ? new TokenCheck.Refused("Jwks_remote_fetch_failed")
                    : verify(jwt, rule, set, request, found)),
        loop);
  }

  private static @Nullable JwtRule byIssuer(List<JwtRule> rules, String issuer) {
    for (JwtRule rule : rules) {
      if (rule.issuer().equals(issuer)) {
        return rule;
      }
    }
    return null;
  }

  private TokenCheck verify(SignedJWT jwt, JwtRule rule, JWKSet set, Headers request, Found found) {
    try {
      if (!Signatures.valid(jwt, set)) {
        keys.suspect(rule);
        return new TokenCheck.Refused("JwtVerificationFail");
      }
      JWTClaimsSet claims = jwt.getJWTClaimsSet();
      long now = clock.millis();
      long skew = 60_000;
      if (claims.getExpirationTime() != null
          && claims.getExpirationTime().getTime() + skew <= now) {
        return new TokenCheck.Refused("JwtExpired");
      }
      if (claims.getNotBeforeTime() != null && claims.getNotBeforeTime().getTime() - skew > now) {
        return new TokenCheck.Refused("JwtNotYetValid");
      }
      if (!rule.audiences().isEmpty()
          && claims.getAudience().stream().noneMatch(rule.audiences()::contains)) {
        return new TokenCheck.Refused("JwtAudienceNotAllowed");
      }
      Token token = new Token(claims.toJSONObject());
      write(rule, token, jwt, request, found);
      return new TokenCheck.Verified(token);
    } catch (JOSEException | ParseException | NullPointerException e) {
      return new TokenCheck.Refused("JwtBadFormat");
    }
  }

  private static void write(
      JwtRule rule, Token token, SignedJWT jwt, Headers request, Found found) {
    rule.claimHeaders()
        .forEach((header, claim) -> {
          List<String> texts = token.texts(List.of(claim.split("\\.")));
          if (!texts.isEmpty()) {
            request.set(header, clean(String.join(",", texts)));
          }
        });
    if (rule.outputPayload() != null) {
      byte[] payload = jwt.getPayload().toString().getBytes(StandardCharsets.UTF_8);
      request.set(
          rule.outputPayload(), Base64.getUrlEncoder().withoutPadding().encodeToString(payload));
    }
    if (!rule.forwardOriginal() && found.header() != null) {
      request.remove(found.header());
    }
  }

  /** A claim is the issuer's text, but a header's value is ours to keep on one line. */
  private static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.chars().forEach(c -> clean.append(c < 0x20 || c > 0x7e ? '?' : (char) c));
    return clean.toString();
  }

  /** A token and the header it was in; null if it was elsewhere. */
  private record Found(String text, @Nullable HeaderName header) {}

  private static final HeaderName AUTHORIZATION = HeaderName.of("authorization");
  private static final HeaderName COOKIE = HeaderName.of("cookie");

  /** Of two, we might check the one and the app believe the other: then there is no good one. */
  private static @Nullable String token(Headers request, JwtRule.Location location) {
    String token = null;
    HeaderName name = location.name();
    for (int i = request.find(name); i >= 0; i = request.find(name, i + 1)) {
      String value = request.value(i);
      if (!value.isEmpty() && value.startsWith(location.prefix())) {
        token = token == null ? value.substring(location.prefix().length()).strip() : "";
      }
    }
    return token;
  }

  private static @Nullable Found find(List<JwtRule> rules, Headers request) {
    for (JwtRule rule : rules) {
      boolean usual =
          rule.headers().isEmpty() && rule.parameters().isEmpty() && rule.cookies().isEmpty();
      List<JwtRule.Location> locations =
          usual ? List.of(new JwtRule.Location(AUTHORIZATION, "Bearer ")) : rule.headers();
      for (JwtRule.Location location : locations) {
        String token = token(request, location);
        if (token != null) {
          return new Found(token, location.name());
        }
      }
      for (String name : usual ? List.of("access_token") : rule.parameters()) {
        var parameter = QueryText.parameter(RequestTexts.query(request), name);
        if (parameter.isPresent()) {
          return new Found(parameter.get(), null);
        }
      }
      for (String name : rule.cookies()) {
        var cookie = Cookies.value(request, COOKIE, name);
        if (cookie.isPresent()) {
          return new Found(cookie.get(), null);
        }
      }
    }
    return null;
  }
}
