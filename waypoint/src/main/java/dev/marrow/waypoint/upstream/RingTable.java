package dev.marrow.waypoint.upstream;

import dev.marrow.mesh.workload.Endpoint;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A ketama ring: each endpoint stands at many points of a circle, in proportion to its capacity,
 * and takes the hashes up to each of them. Immutable.
 */
final class RingTable implements HashTable {
  /** What others take where nobody says how large. */
  static final int STANDARD_SIZE = 1024;

  static final int MOST = 1 << 20;

  private record Point(long hash, int index) {}

  private final List<Endpoint> endpoints;
  private final long[] hashes;
  private final int[] indexes;

  /** {@code size}: how many points at least; 0 stands for the usual number. */
  RingTable(List<Endpoint> endpoints, int size) {
    this.endpoints = endpoints;
    int wanted = Math.clamp(size == 0 ? STANDARD_SIZE : size, 1, MOST);
    long total = endpoints.stream().mapToLong(e -> e.workload().capacity()).sum();
    Point[] points =
        java.util.stream.IntStream.range(0, endpoints.size())
            .boxed()
            .flatMap(i -> points(i, count(endpoints.get(i), wanted, total)))
            .sorted(
                Comparator.comparing(Point::hash, Long::compareUnsigned)
                    .thenComparing(p -> endpoints.get(p.index()).workload().uid()))
            .toArray(Point[]::new);
    hashes = Arrays.stream(points).mapToLong(Point::hash).toArray();
    indexes = Arrays.stream(points).mapToInt(Point::index).toArray();
  }

  private static int count(Endpoint endpoint, int wanted, long total) {
    double share = (double) endpoint.workload().capacity() / total;
    return (int) Math.max(1, Math.ceil(share * wanted));
  }

  private java.util.stream.Stream<Point> points(int index, int count) {
    String uid = endpoints.get(index).workload().uid();
    return java.util.stream.IntStream.range(0, count)
        .mapToObj(n -> new Point(Hashes.of(uid + "_" + n), index));
  }

  @Override
  public @Nullable Endpoint pick(long hash, Predicate<Endpoint> willDo) {
    int from = 0;
    int to = hashes.length;
    while (from < to) {
      int middle = from + to >>> 1;
      if (Long.compareUnsigned(hashes[middle], hash) < 0) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    for (int i = 0; i < hashes.length; i++) {
      Endpoint endpoint = endpoints.get(indexes[(from + i) % hashes.length]);
      if (willDo.test(endpoint)) {
        return endpoint;
      }
    }
    return null;
  }

  int size() {
    return hashes.length;
  }
}
