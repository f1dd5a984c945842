package dev.marrow.mesh.policy;

import java.util.List;

/** Clauses that must all match; no clauses always match. */
public record Rule(List<Clause> clauses) {
  public Rule {
    clauses = List.copyOf(clauses);
  }

  boolean matches(ConnectionFacts facts) {
    for (int i = 0; i < clauses.size(); i++) {
      if (!clauses.get(i).matches(facts)) {
        return false;
      }
    }
    return true;
  }
}
