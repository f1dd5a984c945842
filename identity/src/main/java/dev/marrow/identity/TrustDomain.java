package dev.marrow.identity;

/**
 * A SPIFFE trust domain, for example {@code cluster.local} (SPIFFE-ID §2.1): 1 to 255 characters of
 * lower-case letters, digits, dots, dashes and underscores.
 */
public record TrustDomain(String name) {
  private static final int MAX_LENGTH = 255;

  public TrustDomain {
    if (!valid(name)) {
      throw new IllegalArgumentException(
          "trust domain: '%s' (expected: 1-255 of a-z, 0-9, '.', '-', '_')".formatted(name));
    }
  }

  /** Reads the text of a trust domain, without a scheme. */
  public static TrustDomain parse(String text) {
    return new TrustDomain(text);
  }

  private static boolean valid(String name) {
    return !name.isEmpty()
        && name.length() <= MAX_LENGTH
        && name.chars().allMatch(TrustDomain::allowed);
  }

  private static boolean allowed(int c) {
    return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_';
  }

  @Override
  public String toString() {
    return name;
  }
}
