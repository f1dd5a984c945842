package dev.marrow.mesh.balance;

import dev.marrow.mesh.workload.Endpoint;
import dev.marrow.mesh.workload.HealthStatus;
import dev.marrow.mesh.workload.LoadBalancing;
import dev.marrow.mesh.workload.Place;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The endpoints of one service in one view. Immutable, but for what it remembers: the ranking for
 * the last client place that asked. A node proxy has one place and a waypoint too, so that is
 * nearly always the one wanted. Thread-safe: threads that race compute the same ranking twice.
 */
public final class Endpoints {
  /** None. */
  public static final Endpoints NONE = new Endpoints(List.of());

  private final List<Endpoint> all;
  private volatile Ranking last = Ranking.NONE;

  private Endpoints(List<Endpoint> all) {
    this.all = all;
  }

  /** Exactly these. */
  public static Endpoints of(Collection<Endpoint> endpoints) {
    return endpoints.isEmpty() ? NONE : new Endpoints(List.copyOf(endpoints));
  }

  /** The next version: uids that are given without an endpoint are gone. */
  public Endpoints with(Map<String, Optional<Endpoint>> changes) {
    List<Endpoint> next = new ArrayList<>(all.size() + changes.size());
    Set<String> seen = new HashSet<>();
    for (Endpoint endpoint : all) {
      String uid = endpoint.workload().uid();
      Optional<Endpoint> change = changes.get(uid);
      if (change == null) {
        next.add(endpoint);
      } else {
        seen.add(uid);
        change.ifPresent(next::add);
      }
    }
    changes.forEach((uid, change) -> {
      if (!seen.contains(uid)) {
        change.ifPresent(next::add);
      }
    });
    return of(next);
  }

  /** All of them, healthy or not. */
  public List<Endpoint> all() {
    return all;
  }

  /** Those that {@code health} admits. */
  public List<Endpoint> admitted(LoadBalancing.HealthPolicy health) {
    for (Endpoint endpoint : all) {
      if (!admits(health, endpoint)) {
        return all.stream().filter(e -> admits(health, e)).toList();
      }
    }
    return all;
  }

  public boolean isEmpty() {
    return all.isEmpty();
  }

  Ranking ranking(Place source, LoadBalancing balancing) {
    Ranking ranking = last;
    if (!ranking.isFor(source, balancing)) {
      ranking = Ranking.of(this, source, balancing);
      last = ranking;
    }
    return ranking;
  }

  static boolean admits(LoadBalancing.HealthPolicy health, Endpoint endpoint) {
    return health == LoadBalancing.HealthPolicy.ALLOW_ALL
        || endpoint.workload().status() == HealthStatus.HEALTHY;
  }
}
