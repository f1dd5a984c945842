package dev.marrow.waypoint.upstream;

import dev.marrow.mesh.workload.Endpoint;
import dev.marrow.waypoint.destination.Traffic;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses among endpoints of equal rank by the algorithm of a service. Keeps whose turn it is, and
 * the order and the hash table of the tiers it saw last. Confined to its event loop.
 */
final class Selector {
  /** Steps by the golden ratio visit shares evenly, without runs. */
  private static final double STEP = 0.6180339887498949;

  /** More tiers than services have; what is kept of tiers that are gone is dropped above it. */
  private static final int MOST_TIERS = 16;

  /** A table and what it was made for. */
  private record Made(Traffic.Algorithm algorithm, int size, HashTable table) {
    boolean isFor(Traffic.Balancing balancing) {
      return algorithm == balancing.algorithm() && size == balancing.tableSize();
    }
  }

  private final RandomGenerator random;
  private final ToIntFunction<Endpoint> active;

  /** By identity: the lists of {@code Balancer.tiers} stay the same until endpoints change. */
  private final Map<List<Endpoint>, Made> tables = new IdentityHashMap<>();

  private final Map<List<Endpoint>, List<Endpoint>> sorted = new IdentityHashMap<>();
  private int turn;

  /** {@code active} tells how many requests an endpoint has under way. */
  Selector(RandomGenerator random, ToIntFunction<Endpoint> active) {
    this.random = random;
    this.active = active;
  }

  /** One that will do, or null. */
  @Nullable Endpoint pick(
      List<Endpoint> endpoints,
      Traffic.Balancing balancing,
      OptionalLong hash,
      Predicate<Endpoint> willDo) {
    if (hash.isPresent() && hashed(balancing.algorithm())) {
      return table(endpoints, balancing).pick(hash.getAsLong(), willDo);
    }
    boolean inTurn = balancing.algorithm() == Traffic.Algorithm.ROUND_ROBIN;
    List<Endpoint> usable = usable(inTurn ? sorted(endpoints) : endpoints, willDo);
    if (usable.isEmpty()) {
      return null;
    }
    return switch (balancing.algorithm()) {
      case ROUND_ROBIN -> next(usable);
      case LEAST_REQUEST -> {
        Endpoint a = drawn(usable, random.nextDouble());
        Endpoint b = drawn(usable, random.nextDouble());
        yield active.applyAsInt(b) < active.applyAsInt(a) ? b : a;
      }
      case RANDOM, RING_HASH, MAGLEV -> drawn(usable, random.nextDouble());
    };
  }

  static boolean hashed(Traffic.Algorithm algorithm) {
    return algorithm == Traffic.Algorithm.RING_HASH || algorithm == Traffic.Algorithm.MAGLEV;
  }

  private static List<Endpoint> usable(List<Endpoint> endpoints, Predicate<Endpoint> willDo) {
    List<Endpoint> usable = new ArrayList<>(endpoints.size());
    for (Endpoint endpoint : endpoints) {
      if (willDo.test(endpoint)) {
        usable.add(endpoint);
      }
    }
    return usable;
  }

  private HashTable table(List<Endpoint> endpoints, Traffic.Balancing balancing) {
    Made known = tables.get(endpoints);
    if (known == null || !known.isFor(balancing)) {
      int size = balancing.tableSize();
      HashTable table =
          balancing.algorithm() == Traffic.Algorithm.MAGLEV
              ? new MaglevTable(endpoints, size)
              : new RingTable(endpoints, size);
      known = new Made(balancing.algorithm(), size, table);
      keep(tables, endpoints, known);
    }
    return known.table();
  }

  /** In an order that does not depend on how the endpoints became known. */
  private List<Endpoint> sorted(List<Endpoint> endpoints) {
    List<Endpoint> known = sorted.get(endpoints);
    if (known == null) {
      known = endpoints.stream().sorted(Comparator.comparing(e -> e.workload().uid())).toList();
      keep(sorted, endpoints, known);
    }
    return known;
  }

  private static <T> void keep(Map<List<Endpoint>, T> kept, List<Endpoint> endpoints, T made) {
    if (kept.size() >= MOST_TIERS) {
      kept.clear();
    }
    kept.put(endpoints, made);
  }

  private Endpoint next(List<Endpoint> usable) {
    int first = usable.getFirst().workload().capacity();
    boolean equal = true;
    for (Endpoint endpoint : usable) {
      equal &= endpoint.workload().capacity() == first;
    }
    int now = turn++;
    return equal
        ? usable.get(Math.floorMod(now, usable.size()))
        : drawn(usable, (now & 0xFFFFFF) * STEP % 1);
  }

  /** By capacity; {@code at} is from 0 to 1. */
  private static Endpoint drawn(List<Endpoint> usable, double at) {
    long total = 0;
    for (Endpoint endpoint : usable) {
      total += endpoint.workload().capacity();
    }
    double left = at * total;
    for (Endpoint endpoint : usable) {
      left -= endpoint.workload().capacity();
      if (left < 0) {
        return endpoint;
      }
    }
    return usable.getLast();
  }
}
