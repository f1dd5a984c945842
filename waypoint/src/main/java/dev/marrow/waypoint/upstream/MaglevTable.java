package dev.marrow.waypoint.upstream;

import dev.marrow.mesh.workload.Endpoint;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Maglev's table (Eisenbud et al., NSDI 2016, §3.4): endpoints take turns in claiming the next slot
 * of their own permutation, in proportion to their capacity, until all are claimed. Looking up is
 * one division. Immutable.
 */
final class MaglevTable implements HashTable {
  /** A prime, far above the number of endpoints: shares differ by less than a percent. */
  static final int STANDARD_SIZE = 65_537;

  static final int MOST = 5_000_011;

  private final List<Endpoint> endpoints;
  private final int[] slots;

  /** {@code size}: of the table; 0 stands for the usual one, another becomes the next prime. */
  MaglevTable(List<Endpoint> given, int size) {
    endpoints = given.stream().sorted(Comparator.comparing(e -> e.workload().uid())).toList();
    slots = new int[prime(Math.clamp(size == 0 ? STANDARD_SIZE : size, endpoints.size(), MOST))];
    Arrays.fill(slots, -1);
    fill();
  }

  private static int prime(int least) {
    int n = Math.max(least, 2);
    while (!java.math.BigInteger.valueOf(n).isProbablePrime(50)) {
      n++;
    }
    return n;
  }

  private void fill() {
    int n = endpoints.size();
    int size = slots.length;
    long[] next = new long[n];
    long[] skip = new long[n];
    double[] due = new double[n];
    double heaviest = 1;
    for (int i = 0; i < n; i++) {
      String uid = endpoints.get(i).workload().uid();
      next[i] = Long.remainderUnsigned(Hashes.of(uid), size);
      skip[i] = Long.remainderUnsigned(Hashes.of(uid, 1), size - 1L) + 1;
      heaviest = Math.max(heaviest, endpoints.get(i).workload().capacity());
    }
    for (int claimed = 0; claimed < size; ) {
      for (int i = 0; i < n && claimed < size; i++) {
        due[i] += endpoints.get(i).workload().capacity() / heaviest;
        if (due[i] < 1) {
          continue;
        }
        due[i] -= 1;
        while (slots[(int) next[i]] >= 0) {
          next[i] = (next[i] + skip[i]) % size;
        }
        slots[(int) next[i]] = i;
        claimed++;
      }
    }
  }

  @Override
  public @Nullable Endpoint pick(long hash, Predicate<Endpoint> willDo) {
    int slot = (int) Long.remainderUnsigned(hash, slots.length);
    Endpoint first = endpoints.get(slots[slot]);
    if (willDo.test(first)) {
      return first;
    }
    for (int i = 1; i < slots.length; i++) {
      Endpoint endpoint = endpoints.get(slots[(slot + i) % slots.length]);
      if (willDo.test(endpoint)) {
        return endpoint;
      }
    }
    return null;
  }
}
