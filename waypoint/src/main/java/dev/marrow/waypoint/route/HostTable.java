package dev.marrow.waypoint.route;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one set of hosts. Exact paths and prefixes are found by hash in one pass over the
 * path, whatever the number of rules; regular expressions and prefixes of text are tried one after
 * the other. Immutable.
 */
final class HostTable {
  private final PathIndex exact;
  private final PathIndex prefixes;
  private final Candidate[] scanned;

  HostTable(List<Candidate> candidates, boolean inOrder) {
    List<Candidate> sorted = new ArrayList<>(candidates);
    if (!inOrder) {
      sorted.sort(Candidate.PRECEDENCE);
    }
    Map<String, List<Candidate>> exactPaths = new HashMap<>();
    Map<String, List<Candidate>> prefixPaths = new HashMap<>();
    List<Candidate> others = new ArrayList<>();
    for (int i = 0; i < sorted.size(); i++) {
      Candidate candidate = sorted.get(i).at(i);
      switch (candidate.match().path()) {
        case PathMatch.Exact path -> group(exactPaths, path.path()).add(candidate);
        case PathMatch.Prefix path ->
            group(prefixPaths, path.length() == 0 ? "" : path.path()).add(candidate);
        case PathMatch.Regex path -> others.add(candidate);
        case PathMatch.TextPrefix path -> others.add(candidate);
        case PathMatch.IgnoringCase path -> others.add(candidate);
      }
    }
    exact = new PathIndex(arrays(exactPaths));
    prefixes = new PathIndex(arrays(prefixPaths));
    scanned = others.toArray(Candidate[]::new);
  }

  private static List<Candidate> group(Map<String, List<Candidate>> groups, String path) {
    return groups.computeIfAbsent(path, p -> new ArrayList<>());
  }

  private static Map<String, Candidate[]> arrays(Map<String, List<Candidate>> groups) {
    Map<String, Candidate[]> arrays = new HashMap<>();
    groups.forEach((path, group) -> arrays.put(path, group.toArray(Candidate[]::new)));
    return arrays;
  }

  /** The candidate of the lowest order that matches. */
  @Nullable Candidate find(Headers request) {
    int index = request.find(HeaderName.PATH);
    byte[] bytes = request.array();
    int from = index < 0 ? 0 : request.valueStart(index);
    int to = index < 0 ? 0 : from + request.valueLength(index);
    Candidate best = first(prefixes.find(bytes, from, 0, 1), request, null);
    int hash = 1;
    int i = from;
    for (; i < to && bytes[i] != '?'; i++) {
      if (bytes[i] == '/' && i > from) {
        best = first(prefixes.find(bytes, from, i - from, hash), request, best);
      }
      hash = PathIndex.next(hash, bytes[i]);
    }
    best = first(prefixes.find(bytes, from, i - from, hash), request, best);
    best = first(exact.find(bytes, from, i - from, hash), request, best);
    return scanned.length == 0 ? best : scan(request, best);
  }

  private static @Nullable Candidate first(
      Candidate @Nullable [] group, Headers request, @Nullable Candidate best) {
    if (group == null) {
      return best;
    }
    for (Candidate candidate : group) {
      if (best != null && candidate.order() > best.order()) {
        return best;
      }
      if (candidate.match().restMatches(request)) {
        return candidate;
      }
    }
    return best;
  }

  private @Nullable Candidate scan(Headers request, @Nullable Candidate best) {
    String path = RequestTexts.path(request);
    for (Candidate candidate : scanned) {
      if (best != null && candidate.order() > best.order()) {
        return best;
      }
      if (candidate.match().path().matches(path) && candidate.match().restMatches(request)) {
        return candidate;
      }
    }
    return best;
  }
}
