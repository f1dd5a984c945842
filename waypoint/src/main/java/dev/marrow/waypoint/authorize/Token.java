package dev.marrow.waypoint.authorize;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a verified JWT says.
 *
 * @param claims as parsed from JSON
 */
public record Token(Map<String, Object> claims) {
  /** The request carried none. */
  public static final Token NONE = new Token(Map.of());

  private static final Set<String> DELIMITED = Set.of("scope", "permission");

  public Token {
    claims = Map.copyOf(claims);
  }

  public boolean present() {
    return !claims.isEmpty();
  }

  /** {@code issuer/subject}; "" without a token. */
  public String principal() {
    Object issuer = claims.get("iss");
    Object subject = claims.get("sub");
    return issuer == null || subject == null ? "" : issuer + "/" + subject;
  }

  /** As policies see a claim: in some, Istio takes one text for a list (RFC 8693 §4.2). */
  List<String> values(List<String> path) {
    List<String> texts = texts(path);
    boolean delimited = path.size() == 1 && DELIMITED.contains(path.getFirst());
    return delimited && texts.size() == 1
        ? Arrays.stream(texts.getFirst().split(" ")).filter(t -> !t.isEmpty()).toList()
        : texts;
  }

  /** The texts of a claim: none, one, or the members of a list. */
  public List<String> texts(List<String> path) {
    Object at = claims;
    for (String name : path) {
      at = at instanceof Map<?, ?> map && map.containsKey(name) ? map.get(name) : List.of();
    }
    if (at instanceof List<?> list) {
      return list.stream().map(String::valueOf).toList();
    }
    return at instanceof Map<?, ?> ? List.of() : List.of(String.valueOf(at));
  }
}
