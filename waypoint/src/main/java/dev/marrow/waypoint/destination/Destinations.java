package dev.marrow.waypoint.destination;

import dev.marrow.mesh.workload.ServiceKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All destinations at one moment. Immutable. */
public final class Destinations {
  public static final Destinations NONE = new Destinations(Map.of());

  private final Map<String, Destination> byName;

  /** The same by a key that needs no text to be put together. */
  private final Map<ServiceKey, Destination> byService = new HashMap<>();

  private Destinations(Map<String, Destination> byName) {
    this.byName = byName;
    byName
        .values()
        .forEach(destination -> {
          if (destination.target() instanceof Destination.Target.OfService(ServiceKey key)) {
            byService.put(key, destination);
          }
        });
  }

  /** The next state: without {@code removed}, with {@code changed}. */
  public Destinations with(Collection<Destination> changed, Collection<String> removed) {
    Map<String, Destination> next = new HashMap<>(byName);
    removed.forEach(next::remove);
    changed.forEach(d -> next.put(d.target().resourceName(), d));
    return new Destinations(Map.copyOf(next));
  }

  public @Nullable Destination service(ServiceKey key) {
    return byService.get(key);
  }

  public @Nullable Destination workload(String uid) {
    return byName.get(uid);
  }

  public Collection<Destination> all() {
    return byName.values();
  }
}
