package dev.marrow.waypoint.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.mesh.TestMesh;
import dev.marrow.mesh.workload.Endpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The tables of consistent hashing: even, faithful to capacities, and calm when endpoints change.
 */
class HashTableTest {
  private static final int KEYS = 20_000;

  /** The two tables. */
  enum Kind {
    RING(endpoints -> new RingTable(endpoints, 4096)),
    MAGLEV(endpoints -> new MaglevTable(endpoints, 0));

    private final Function<List<Endpoint>, HashTable> maker;

    Kind(Function<List<Endpoint>, HashTable> maker) {
      this.maker = maker;
    }
  }

  private static List<Endpoint> endpoints(int count) {
    return IntStream.range(0, count).mapToObj(i -> endpoint("pod-" + i, 1)).toList();
  }

  private static Endpoint endpoint(String name, int capacity) {
    return new Endpoint(
        TestMesh.workload(name).capacity(capacity).build(), TestMesh.ports(80, 8080));
  }

  private static Map<String, Integer> shares(HashTable table) {
    Map<String, Integer> shares = new HashMap<>();
    for (int i = 0; i < KEYS; i++) {
      shares.merge(name(table, i), 1, Integer::sum);
    }
    return shares;
  }

  private static String name(HashTable table, int key) {
    Endpoint endpoint = table.pick(Hashes.of("key-" + key), e -> true);
    return endpoint == null ? "nobody" : endpoint.workload().name();
  }

  @Test
  void hashesAreThoseOfXxh64() {
    assertThat(Hashes.of("")).isEqualTo(0xef46db3751d8e999L);
    assertThat(Hashes.of("a")).isEqualTo(0xd24ec4f1a98c6e5bL);
    assertThat(Hashes.of("abc")).isEqualTo(0x44bc2cf5ad770999L);
    assertThat(Hashes.of("I want an unsigned 64-bit seed!")).isEqualTo(0xd4cb0a70a2b8c7c1L);
    assertThat(Hashes.of("Call me Ishmael. Some years ago--never mind how long precisely-"))
        .isEqualTo(0x02a2e85470d6fd96L);
  }

  @ParameterizedTest
  @EnumSource
  void sharesAreEven(Kind kind) {
    assertThat(shares(kind.maker.apply(endpoints(8))).values())
        .hasSize(8)
        .allSatisfy(n -> assertThat(n).isBetween(KEYS / 8 * 3 / 4, KEYS / 8 * 5 / 4));
  }

  @ParameterizedTest
  @EnumSource
  void sharesFollowCapacities(Kind kind) {
    Map<String, Integer> shares =
        shares(kind.maker.apply(List.of(endpoint("small", 1), endpoint("large", 3))));

    int large = shares.getOrDefault("large", 0);
    assertThat(large / (double) (KEYS - large)).isBetween(2.5, 3.5);
  }

  @ParameterizedTest
  @EnumSource
  void oneEndpointMoreMovesFewKeys(Kind kind) {
    HashTable before = kind.maker.apply(endpoints(10));
    HashTable after = kind.maker.apply(endpoints(11));

    long moved =
        IntStream.range(0, KEYS).filter(i -> !name(before, i).equals(name(after, i))).count();

    // A ring moves a share of one in eleven; Maglev a little more, by design.
    assertThat(moved).isLessThan(KEYS * 18 / 100);
  }

  @ParameterizedTest
  @EnumSource
  void whoWillNotDoIsPassedOverAndNobodyElseMoves(Kind kind) {
    HashTable table = kind.maker.apply(endpoints(5));
    List<String> changed = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      long hash = Hashes.of("key-" + i);
      Endpoint now =
          Objects.requireNonNull(table.pick(hash, e -> !e.workload().name().equals("pod-2")));
      if (!name(table, i).equals(now.workload().name())) {
        changed.add(name(table, i));
      }
    }
    assertThat(changed).isNotEmpty().containsOnly("pod-2");
    assertThat(table.pick(1, e -> false)).isNull();
  }
}
