package dev.marrow.waypoint.upstream;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The circuits of all services and their parts, shared by all event loops. Thread-safe. */
public final class Circuits {
  private static final int MANY = 10_000;

  private final Map<Scope, Circuit> byScope = new ConcurrentHashMap<>();

  /** For what belongs to no service: workloads that are addressed themselves. */
  private final Circuit others = new Circuit();

  public Circuit of(@Nullable Scope scope) {
    if (scope == null) {
      return others;
    }
    Circuit known = byScope.get(scope);
    if (known != null) {
      return known;
    }
    if (byScope.size() >= MANY) {
      // Services have come and gone. Who took one just now counts by himself for once.
      byScope.values().removeIf(Circuit::unused);
    }
    return byScope.computeIfAbsent(scope, key -> new Circuit());
  }

  /** How many are remembered. */
  int known() {
    return byScope.size();
  }
}
