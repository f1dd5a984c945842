package dev.marrow.ztunnel.admin;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BooleanSupplier;

/** What must be done before this process takes traffic, by name. Thread-safe. */
public final class Readiness {
  private final Map<String, BooleanSupplier> tasks = new ConcurrentSkipListMap<>();

  /** Adds a task that is done whenever {@code done} says so; it may become undone again. */
  public void await(String name, BooleanSupplier done) {
    tasks.put(name, done);
  }

  /** The names of what is not done. */
  public java.util.List<String> pending() {
    return tasks.entrySet().stream()
        .filter(task -> !task.getValue().getAsBoolean())
        .map(Map.Entry::getKey)
        .toList();
  }

  Page page() {
    var pending = pending();
    return pending.isEmpty()
        ? Page.text(200, "ready\n")
        : Page.text(500, "not ready, pending: " + String.join(", ", pending) + "\n");
  }
}
