package dev.marrow.waypoint.upstream;

import dev.marrow.mesh.workload.Endpoint;
import dev.marrow.waypoint.destination.Traffic;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses among endpoints of equal rank by the algorithm of a service. Keeps whose turn it is, and
 * the hash table of the endpoints it saw last. Confined to its event loop.
 */
final class Selector {
  /** Steps by the golden ratio visit shares evenly, without runs. */
  private static final double STEP = 0.6180339887498949;

  /** A table and what it was made for. */
  private record Made(
      List<Endpoint> endpoints, Traffic.Algorithm algorithm, int size, HashTable table) {
    boolean isFor(List<Endpoint> others, Traffic.Balancing balancing) {
      return endpoints == others
          && algorithm == balancing.algorithm()
          && size == balancing.tableSize();
    }
  }

  private final RandomGenerator random;
  private final ToIntFunction<Endpoint> active;
  private @Nullable Made made;
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
    List<Endpoint> usable = endpoints.stream().filter(willDo).toList();
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

  private HashTable table(List<Endpoint> endpoints, Traffic.Balancing balancing) {
    Made known = made;
    if (known == null || !known.isFor(endpoints, balancing)) {
      int size = balancing.tableSize();
      HashTable table =
          balancing.algorithm() == Traffic.Algorithm.MAGLEV
              ? new MaglevTable(endpoints, size)
              : new RingTable(endpoints, size);
      known = new Made(endpoints, balancing.algorithm(), size, table);
      made = known;
    }
    return known.table();
  }

  private Endpoint next(List<Endpoint> usable) {
    List<Endpoint> sorted =
        usable.stream().sorted(Comparator.comparing(e -> e.workload().uid())).toList();
    int first = sorted.getFirst().workload().capacity();
    boolean equal = sorted.stream().allMatch(e -> e.workload().capacity() == first);
    int now = turn++;
    return equal
        ? sorted.get(Math.floorMod(now, sorted.size()))
        : drawn(sorted, (now & 0xFFFFFF) * STEP % 1);
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
