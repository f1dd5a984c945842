package dev.marrow.mesh.balance;

import dev.marrow.mesh.workload.Endpoint;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Endpoints of one rank, with the sums of their capacities for a weighted choice. Immutable. */
final class Tier {
  private final Endpoint[] endpoints;
  private final long[] sums;
  private final List<Endpoint> list;

  private Tier(Endpoint[] endpoints, long[] sums) {
    this.endpoints = endpoints;
    this.list = List.of(endpoints);
    this.sums = sums;
  }

  static Tier of(List<Endpoint> endpoints) {
    long[] sums = new long[endpoints.size()];
    long sum = 0;
    for (int i = 0; i < sums.length; i++) {
      sum += endpoints.get(i).workload().capacity();
      sums[i] = sum;
    }
    return new Tier(endpoints.toArray(Endpoint[]::new), sums);
  }

  /** One that will do, by capacity; null if none will. */
  @Nullable Endpoint pick(Predicate<Endpoint> willDo, RandomGenerator random) {
    Endpoint drawn = endpoints[draw(random.nextLong(sums[sums.length - 1]))];
    return willDo.test(drawn) ? drawn : pickAmong(willDo, random);
  }

  // Seldom: the one drawn was tried, is ejected or lacks the port. The shares of the rest stay
  // exact.
  private @Nullable Endpoint pickAmong(Predicate<Endpoint> willDo, RandomGenerator random) {
    List<Endpoint> rest = Arrays.stream(endpoints).filter(willDo).toList();
    if (rest.isEmpty()) {
      return null;
    }
    Tier tier = of(rest);
    return tier.endpoints[tier.draw(random.nextLong(tier.sums[tier.sums.length - 1]))];
  }

  List<Endpoint> endpoints() {
    return list;
  }

  boolean any(Predicate<Endpoint> test) {
    for (Endpoint endpoint : endpoints) {
      if (test.test(endpoint)) {
        return true;
      }
    }
    return false;
  }

  private int draw(long ticket) {
    int at = Arrays.binarySearch(sums, ticket + 1);
    return at < 0 ? -at - 1 : at;
  }
}
