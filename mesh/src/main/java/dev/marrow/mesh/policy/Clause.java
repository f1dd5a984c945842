package dev.marrow.mesh.policy;

import java.util.List;

/** Alternatives of which one must match; no alternatives always match. */
public record Clause(List<Match> matches) {
  public Clause {
    matches = List.copyOf(matches);
  }

  boolean matches(ConnectionFacts facts) {
    for (int i = 0; i < matches.size(); i++) {
      if (matches.get(i).matches(facts)) {
        return true;
      }
    }
    return matches.isEmpty();
  }
}
