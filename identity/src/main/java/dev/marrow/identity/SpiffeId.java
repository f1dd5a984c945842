package dev.marrow.identity;

import java.util.Optional;

/**
 * A SPIFFE id (SPIFFE-ID §2): {@code spiffe://<trust domain><path>}. The path is empty or starts
 * with a slash; its segments are letters, digits, dots, dashes and underscores, never empty, never
 * {@code .} or {@code ..}.
 */
public record SpiffeId(TrustDomain trustDomain, String path) {
  private static final String SCHEME = "spiffe://";
  private static final int MAX_LENGTH = 2048;

  public SpiffeId {
    if (SCHEME.length() + trustDomain.name().length() + path.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "spiffe id: longer than %d characters".formatted(MAX_LENGTH));
    }
    if (!path.isEmpty() && !validPath(path)) {
      throw new IllegalArgumentException(
          "spiffe id path: '%s' (expected: /segment[/segment…] of a-z, A-Z, 0-9, '.', '-', '_')"
              .formatted(path));
    }
  }

  /** Reads the text of an id, exactly: nothing is decoded, folded or trimmed. */
  public static SpiffeId parse(String text) {
    if (!text.startsWith(SCHEME)) {
      throw new IllegalArgumentException("spiffe id: '%s' (expected: spiffe://…)".formatted(text));
    }
    int slash = text.indexOf('/', SCHEME.length());
    String domain =
        slash < 0 ? text.substring(SCHEME.length()) : text.substring(SCHEME.length(), slash);
    return new SpiffeId(TrustDomain.parse(domain), slash < 0 ? "" : text.substring(slash));
  }

  /**
   * The id of a Kubernetes service account, in Istio's form {@code /ns/<namespace>/sa/<account>}.
   */
  public static SpiffeId of(TrustDomain trustDomain, String namespace, String serviceAccount) {
    return new SpiffeId(trustDomain, "/ns/" + namespace + "/sa/" + serviceAccount);
  }

  /** The namespace, if the path has exactly Istio's form. */
  public Optional<String> namespace() {
    return segment(2);
  }

  /** The service account, if the path has exactly Istio's form. */
  public Optional<String> serviceAccount() {
    return segment(4);
  }

  private Optional<String> segment(int index) {
    String[] parts = path.split("/", -1);
    boolean istio = parts.length == 5 && parts[1].equals("ns") && parts[3].equals("sa");
    return istio ? Optional.of(parts[index]) : Optional.empty();
  }

  private static boolean validPath(String path) {
    if (path.charAt(0) != '/') {
      return false;
    }
    for (String segment : path.substring(1).split("/", -1)) {
      if (segment.isEmpty()
          || segment.equals(".")
          || segment.equals("..")
          || !segment.chars().allMatch(SpiffeId::allowed)) {
        return false;
      }
    }
    return true;
  }

  private static boolean allowed(int c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '.'
        || c == '-'
        || c == '_';
  }

  @Override
  public String toString() {
    return SCHEME + trustDomain + path;
  }
}
