package dev.marrow.identity;

import java.util.Optional;

/**
 * A SPIFFE id (SPIFFE-ID §2): {@code spiffe://<trust domain><path>}. The path is empty or starts
 * with a slash; its segments are letters, digits, dots, dashes and underscores, never empty, never
 * {@code .} or {@code ..}.
 */
public record SpiffeId(TrustDomain trustDomain, String path) {
  private static final String SCHEME = "spiffe://";
  private static final String NAMESPACE = "/ns/";
  private static final String ACCOUNT = "/sa/";
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
    int account = account();
    return account < 0
        ? Optional.empty()
        : Optional.of(path.substring(NAMESPACE.length(), account - ACCOUNT.length()));
  }

  /** The service account, if the path has exactly Istio's form. */
  public Optional<String> serviceAccount() {
    int account = account();
    return account < 0 ? Optional.empty() : Optional.of(path.substring(account));
  }

  /** Where the account begins in {@code /ns/<namespace>/sa/<account>}; negative for other paths. */
  private int account() {
    int end = path.indexOf('/', NAMESPACE.length());
    boolean istio = path.startsWith(NAMESPACE) && end >= 0 && path.startsWith(ACCOUNT, end);
    int account = end + ACCOUNT.length();
    return istio && path.indexOf('/', account) < 0 ? account : -1;
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
