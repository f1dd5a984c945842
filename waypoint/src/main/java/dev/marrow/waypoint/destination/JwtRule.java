package dev.marrow.waypoint.destination;

import dev.marrow.http.HeaderName;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whose tokens are accepted, and where they are looked for.
 *
 * @param audiences any of them; none: not checked
 * @param jwks the keys themselves; "" if they are fetched
 * @param jwksUri where they are fetched; "" if they are given
 * @param outputPayload header for the token's payload; null for none
 * @param claimHeaders header by claim, a claim's path being joined by dots
 */
public record JwtRule(
    String issuer,
    List<String> audiences,
    String jwks,
    String jwksUri,
    List<Location> headers,
    List<String> parameters,
    List<String> cookies,
    @Nullable HeaderName outputPayload,
    boolean forwardOriginal,
    Map<HeaderName, String> claimHeaders) {
  /** A header, and what stands in front of the token in it. */
  public record Location(HeaderName name, String prefix) {}

  public JwtRule {
    audiences = List.copyOf(audiences);
    headers = List.copyOf(headers);
    parameters = List.copyOf(parameters);
    cookies = List.copyOf(cookies);
    claimHeaders = Map.copyOf(claimHeaders);
    if (jwks.isEmpty() == jwksUri.isEmpty()) {
      throw new IllegalArgumentException(
          "jwt provider %s: jwks and jwksUri (expected: exactly one)".formatted(issuer));
    }
  }
}
