package dev.marrow.waypoint.authorize;

import dev.marrow.mesh.policy.StringMatch;
import dev.marrow.waypoint.route.TextMatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the first rule of a policy that matches a request, without looking at those that are for
 * other paths: they are found by exact path or by prefix, the rest is tried one after the other.
 * Immutable.
 */
final class RuleIndex {
  /** Fewer are as quickly tried. */
  private static final int WORTH_IT = 8;

  private static final int NONE = Integer.MAX_VALUE;

  private final Policy policy;
  private final boolean indexed;
  private final Map<String, int[]> exact;
  private final Map<String, int[]> prefixes;

  /** Of the prefixes, ascending. */
  private final int[] lengths;

  /** Rules that may be for any path, ascending. */
  private final int[] rest;

  RuleIndex(Policy policy) {
    this.policy = policy;
    this.indexed = policy.rules().size() >= WORTH_IT;
    Map<String, List<Integer>> byExact = new HashMap<>();
    Map<String, List<Integer>> byPrefix = new HashMap<>();
    List<Integer> others = new ArrayList<>();
    for (int i = 0; i < policy.rules().size(); i++) {
      PolicyRule rule = policy.rules().get(i);
      if (onPaths(rule)) {
        add(rule, i, byExact, byPrefix);
      } else {
        others.add(i);
      }
    }
    exact = arrays(byExact);
    prefixes = arrays(byPrefix);
    lengths = prefixes.keySet().stream().mapToInt(String::length).distinct().sorted().toArray();
    rest = array(others);
  }

  Policy policy() {
    return policy;
  }

  private static boolean onPaths(PolicyRule rule) {
    return !rule.to().isEmpty() && rule.to().stream().allMatch(RuleIndex::onPaths);
  }

  private static boolean onPaths(Operation operation) {
    List<TextMatch> wanted = operation.paths().wanted();
    return !wanted.isEmpty()
        && wanted.stream()
            .allMatch(match ->
                match instanceof TextMatch.Plain(StringMatch.Exact e)
                    || match instanceof TextMatch.Plain(StringMatch.Prefix p));
  }

  private static void add(
      PolicyRule rule,
      int number,
      Map<String, List<Integer>> byExact,
      Map<String, List<Integer>> byPrefix) {
    for (Operation operation : rule.to()) {
      for (TextMatch match : operation.paths().wanted()) {
        if (match instanceof TextMatch.Plain(StringMatch.Exact(String path))) {
          byExact.computeIfAbsent(path, p -> new ArrayList<>()).add(number);
        } else if (match instanceof TextMatch.Plain(StringMatch.Prefix(String path))) {
          byPrefix.computeIfAbsent(path, p -> new ArrayList<>()).add(number);
        }
      }
    }
  }

  private static Map<String, int[]> arrays(Map<String, List<Integer>> lists) {
    Map<String, int[]> arrays = new HashMap<>();
    lists.forEach((path, list) -> arrays.put(path, array(list)));
    return Map.copyOf(arrays);
  }

  private static int[] array(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The index of the first rule that matches, or -1. */
  int match(RequestFacts facts) {
    if (!indexed || !facts.http()) {
      return policy.match(facts);
    }
    String path = facts.path();
    int best = first(rest, facts, NONE);
    best = first(exact.get(path), facts, best);
    for (int length : lengths) {
      if (length > path.length()) {
        break;
      }
      best = first(prefixes.get(path.substring(0, length)), facts, best);
    }
    return best == NONE ? -1 : best;
  }

  private int first(int @Nullable [] numbers, RequestFacts facts, int best) {
    if (numbers == null) {
      return best;
    }
    boolean allows = policy.action() instanceof Policy.Action.Allow;
    for (int number : numbers) {
      if (number >= best) {
        return best;
      }
      if (policy.rules().get(number).matches(facts, allows)) {
        return number;
      }
    }
    return best;
  }
}
