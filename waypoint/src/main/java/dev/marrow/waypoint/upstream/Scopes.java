package dev.marrow.waypoint.upstream;

import dev.marrow.mesh.MeshView;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of each service, or part of one, that was chosen among; of those that are gone
 * no longer than until about as many others have come. Confined to its event loop.
 */
final class Scopes {
  private static final int SPARE = 64;

  /** Requests under way per workload, whose turn it is, who failed, who is new. */
  static final class State {
    final Map<String, Integer> active = new HashMap<>();
    final Outliers outliers = new Outliers();
    final Newcomers newcomers = new Newcomers();
    final Selector selector;

    State(RandomGenerator random) {
      selector = new Selector(random, e -> active.getOrDefault(e.workload().uid(), 0));
    }
  }

  private final RandomGenerator random;
  private final Map<Scope, State> states = new HashMap<>();
  private int enough = SPARE;

  Scopes(RandomGenerator random) {
    this.random = random;
  }

  /** What is known, or nothing yet; {@code view} tells which services there are. */
  State of(Scope scope, MeshView view) {
    State known = states.get(scope);
    if (known != null) {
      return known;
    }
    if (states.size() >= enough) {
      states.keySet().removeIf(old -> view.service(old.service()).isEmpty());
      enough = 2 * states.size() + SPARE;
    }
    State made = new State(random);
    states.put(scope, made);
    return made;
  }

  /** Null: its service is gone. */
  @Nullable State find(Scope scope) {
    return states.get(scope);
  }

  /** How many are remembered. */
  int known() {
    return states.size();
  }
}
