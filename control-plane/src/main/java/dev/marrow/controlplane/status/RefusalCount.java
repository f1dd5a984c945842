package dev.marrow.controlplane.status;

import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.Problem;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Stands before the writer of statuses and says which objects are not accepted: in the log when it
 * begins, and as numbers by kind and reason. Thread-safe.
 */
public final class RefusalCount implements StatusWriter {
  private static final Logger log = LoggerFactory.getLogger(RefusalCount.class);
  // As the kinds call it: plain, of node proxies, of waypoints.
  private static final String ACCEPTED = "Accepted";

  /** Why objects of a kind are not accepted. */
  public record Refused(String kind, String reason) {}

  private final StatusWriter writer;
  private final Consumer<Map<Refused, Integer>> numbers;
  private final Map<ObjectKey, Set<String>> reasons = new HashMap<>();

  /**
   * Passes all on to {@code writer}.
   *
   * @param numbers hears how many objects are refused, each time that changes
   */
  public RefusalCount(StatusWriter writer, Consumer<Map<Refused, Integer>> numbers) {
    this.writer = writer;
    this.numbers = numbers;
  }

  @Override
  public synchronized void write(Collection<ObjectStatus> put, Collection<ObjectKey> removed) {
    Map<ObjectKey, Set<String>> before = Map.copyOf(reasons);
    removed.forEach(reasons::remove);
    put.forEach(this::note);
    if (!reasons.equals(before)) {
      numbers.accept(counted());
    }
    writer.write(put, removed);
  }

  private void note(ObjectStatus status) {
    Map<String, String> found = new TreeMap<>();
    collect(status.status(), found);
    Set<String> before = reasons.getOrDefault(status.key(), Set.of());
    found.forEach((reason, message) -> {
      if (!before.contains(reason)) {
        log.warn("{} is not accepted: {}: {}", status.key(), reason, message);
      }
    });
    if (found.isEmpty()) {
      reasons.remove(status.key());
    } else {
      reasons.put(status.key(), new TreeSet<>(found.keySet()));
    }
  }

  /** The refusing conditions of an object, of its listeners and of its parents. */
  private static void collect(JsonNode node, Map<String, String> found) {
    boolean accepted = node.path("type").stringValue("").endsWith(ACCEPTED);
    if (accepted && node.path("status").stringValue("").equals("False")) {
      found.put(node.path("reason").stringValue(""), node.path("message").stringValue(""));
    }
    node.forEach(child -> collect(child, found));
  }

  private Map<Refused, Integer> counted() {
    Map<Refused, Integer> counts = new HashMap<>();
    reasons.forEach((key, all) ->
        all.forEach(reason -> counts.merge(new Refused(key.kind(), reason), 1, Integer::sum)));
    return counts;
  }

  @Override
  public void problems(List<Problem> problems) {
    writer.problems(problems);
  }
}
