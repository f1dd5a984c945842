package dev.marrow.controlplane.graph;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One remembered answer and its place in the graph. Confined to the thread of its graph. */
final class Cell {
  final Object question;
  final Set<Cell> dependents = new HashSet<>(2);
  List<Cell> reads = List.of();
  @Nullable Object value;
  long changedAt = -1;
  long checkedAt = -1;
  boolean stale = true;
  boolean root;
  boolean answering;

  Cell(Object question) {
    this.question = question;
  }

  boolean unused() {
    return !root && dependents.isEmpty();
  }
}
