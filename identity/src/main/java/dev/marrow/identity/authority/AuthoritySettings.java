package dev.marrow.identity.authority;

import java.time.Duration;

/**
 * The lives of what the authority signs.
 *
 * @param root of each root
 * @param intermediate of the intermediate; a new one is made at half of it
 * @param leaf the longest a leaf may live
 * @param skew how far a clock of somebody else may be behind ours
 */
public record AuthoritySettings(
    Duration root, Duration intermediate, Duration leaf, Duration skew) {
  public static final AuthoritySettings DEFAULT =
      new AuthoritySettings(
          Duration.ofDays(3650), Duration.ofDays(90), Duration.ofHours(24), Duration.ofMinutes(2));

  public AuthoritySettings {
    check("leaf", leaf, Duration.ZERO);
    check("intermediate", intermediate, leaf.multipliedBy(2));
    check("root", root, intermediate);
    if (skew.isNegative()) {
      throw new IllegalArgumentException("skew: %s (expected: >= 0)".formatted(skew));
    }
  }

  private static void check(String name, Duration value, Duration above) {
    if (value.compareTo(above) <= 0) {
      throw new IllegalArgumentException("%s: %s (expected: > %s)".formatted(name, value, above));
    }
  }
}
