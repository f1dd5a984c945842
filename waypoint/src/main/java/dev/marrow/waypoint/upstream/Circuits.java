package dev.marrow.waypoint.upstream;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The circuits of all services and their parts, shared by all event loops. Thread-safe. */
public final class Circuits {
  private final Map<Scope, Circuit> byScope = new ConcurrentHashMap<>();

  /** For what belongs to no service: workloads that are addressed themselves. */
  private final Circuit others = new Circuit();

  public Circuit of(@Nullable Scope scope) {
    if (scope == null) {
      return others;
    }
    Circuit known = byScope.get(scope);
    return known != null ? known : byScope.computeIfAbsent(scope, key -> new Circuit());
  }
}
