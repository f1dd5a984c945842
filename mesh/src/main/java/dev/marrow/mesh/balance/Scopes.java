package dev.marrow.mesh.balance;

import dev.marrow.mesh.workload.LoadBalancing;
import dev.marrow.mesh.workload.LoadBalancing.Scope;
import dev.marrow.mesh.workload.Place;
import java.util.List;

/** How near two places are, by the preferences of a service. */
final class Scopes {
  /** The rank of an endpoint that must not be used. */
  static final int OUT_OF_PLACE = -1;

  private Scopes() {}

  /** The higher, the sooner it is used. */
  static int rank(LoadBalancing balancing, Place source, Place endpoint) {
    List<Scope> preferences = balancing.preferences();
    return switch (balancing.mode()) {
      case ANY, PASSTHROUGH -> 0;
      case STRICT ->
          matched(preferences, 0, source, endpoint) == preferences.size() ? 0 : OUT_OF_PLACE;
      case FAILOVER -> failoverRank(preferences, source, endpoint);
    };
  }

  // A network first in the list is special: a remote endpoint is compared on the rest instead of
  // being stopped, and a near one gets enough on top to come before every remote one.
  private static int failoverRank(List<Scope> preferences, Place source, Place endpoint) {
    boolean networkFirst = !preferences.isEmpty() && preferences.getFirst() == Scope.NETWORK;
    if (!networkFirst) {
      return matched(preferences, 0, source, endpoint);
    }
    boolean near = same(Scope.NETWORK, source, endpoint);
    int rest = matched(preferences, 1, source, endpoint);
    return near ? preferences.size() + rest : rest;
  }

  private static int matched(List<Scope> preferences, int from, Place source, Place endpoint) {
    int index = from;
    while (index < preferences.size() && same(preferences.get(index), source, endpoint)) {
      index++;
    }
    return index - from;
  }

  private static boolean same(Scope scope, Place a, Place b) {
    return switch (scope) {
      case REGION -> a.locality().region().equals(b.locality().region());
      case ZONE -> a.locality().zone().equals(b.locality().zone());
      case SUBZONE -> a.locality().subzone().equals(b.locality().subzone());
      case NODE -> a.node().equals(b.node());
      case CLUSTER -> a.cluster().equals(b.cluster());
      case NETWORK -> a.network().equals(b.network());
    };
  }
}
