package dev.marrow.identity.authority;

import java.util.NavigableMap;

/**
 * What is in the directory.
 *
 * @param roots by name
 * @param active the name of the root under which {@code intermediate} is
 */
record AuthorityState(
    NavigableMap<String, SigningKey> roots, String active, SigningKey intermediate) {
  AuthorityState {
    if (!roots.containsKey(active)) {
      throw new IllegalArgumentException(
          "active root: %s (expected: one of %s)".formatted(active, roots.keySet()));
    }
  }
}
