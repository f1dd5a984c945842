package dev.marrow.mesh.balance;

import dev.marrow.mesh.workload.Endpoint;
import dev.marrow.mesh.workload.LoadBalancing;
import dev.marrow.mesh.workload.Place;
import dev.marrow.mesh.workload.Workload;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * The endpoints of a service as seen from one place: usable ones only, in tiers of equal rank, best
 * first. Immutable.
 *
 * @param reason why there are no tiers, if there are none
 */
record Ranking(Place source, LoadBalancing balancing, List<Tier> tiers, Pick.Reason reason) {
  static final Ranking NONE =
      new Ranking(Place.UNKNOWN, LoadBalancing.ANY, List.of(), Pick.Reason.NO_ENDPOINTS);

  static Ranking of(Endpoints endpoints, Place source, LoadBalancing balancing) {
    List<Endpoint> admitted = endpoints.admitted(balancing.healthPolicy());
    TreeMap<Integer, List<Endpoint>> byRank = new TreeMap<>(Comparator.reverseOrder());
    boolean reachable = false;
    for (Endpoint endpoint : admitted) {
      Workload workload = endpoint.workload();
      if (workload.capacity() > 0 && Targets.reachable(workload, source)) {
        reachable = true;
        int rank = Scopes.rank(balancing, source, workload.place());
        if (rank != Scopes.OUT_OF_PLACE) {
          byRank.computeIfAbsent(rank, _ -> new ArrayList<>()).add(endpoint);
        }
      }
    }
    Pick.Reason reason =
        admitted.isEmpty()
            ? Pick.Reason.NO_ENDPOINTS
            : reachable ? Pick.Reason.NONE_IN_PLACE : Pick.Reason.NONE_REACHABLE;
    List<Tier> tiers = byRank.values().stream().map(Tier::of).toList();
    return new Ranking(source, balancing, tiers, reason);
  }

  boolean isFor(Place otherSource, LoadBalancing otherBalancing) {
    return this != NONE
        && (source == otherSource || source.equals(otherSource))
        && (balancing == otherBalancing || balancing.equals(otherBalancing));
  }
}
