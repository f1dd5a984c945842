package dev.marrow.waypoint.upstream;

import dev.marrow.mesh.workload.ServiceKey;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The circuits of all services, shared by all event loops. Thread-safe. */
public final class Circuits {
  private final Map<ServiceKey, Circuit> byService = new ConcurrentHashMap<>();

  /** For what belongs to no service: workloads that are addressed themselves. */
  private final Circuit others = new Circuit();

  public Circuit of(@Nullable ServiceKey service) {
    if (service == null) {
      return others;
    }
    Circuit known = byService.get(service);
    return known != null ? known : byService.computeIfAbsent(service, key -> new Circuit());
  }
}
