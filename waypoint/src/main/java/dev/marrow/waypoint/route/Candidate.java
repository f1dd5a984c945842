package dev.marrow.waypoint.route;

import java.util.Comparator;

/**
 * A match with its rule, and its place in the order of precedence.
 *
 * @param age the rule's place in the order of age, then name
 * @param order unique in a table; lower wins
 */
record Candidate(Rule rule, RequestMatch match, int age, int order) {
  /**
   * Gateway API's order: the path's kind, its length, a method, the number of header matches, the
   * number of query matches; then the older route, and within it the earlier rule.
   */
  static final Comparator<Candidate> PRECEDENCE =
      Comparator.comparingInt((Candidate c) -> c.match.path().rank())
          .thenComparingInt(c -> -c.match.path().size())
          .thenComparing(c -> c.match.method().isEmpty())
          .thenComparingInt(c -> -c.match.fields().size())
          .thenComparingInt(c -> -c.match.query().size())
          .thenComparingInt(Candidate::age);

  Candidate at(int order) {
    return new Candidate(rule, match, age, order);
  }
}
