package dev.marrow.waypoint.route;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds what belongs to a path by the hash of its bytes: open addressing, immutable. */
final class PathIndex {
  private final byte[][] keys;
  private final int[] hashes;
  private final Candidate[][] values;
  private final int mask;

  PathIndex(Map<String, Candidate[]> entries) {
    int size = Integer.highestOneBit(Math.max(entries.size(), 1) * 4);
    keys = new byte[size][];
    hashes = new int[size];
    values = new Candidate[size][];
    mask = size - 1;
    entries.forEach((path, candidates) -> put(path.getBytes(StandardCharsets.UTF_8), candidates));
  }

  private void put(byte[] key, Candidate[] candidates) {
    int hash = hash(key, 0, key.length);
    int slot = slot(hash);
    while (values[slot] != null) {
      slot = slot + 1 & mask;
    }
    keys[slot] = key;
    hashes[slot] = hash;
    values[slot] = candidates;
  }

  Candidate @Nullable [] find(byte[] bytes, int from, int length, int hash) {
    for (int slot = slot(hash); values[slot] != null; slot = slot + 1 & mask) {
      if (hashes[slot] == hash
          && keys[slot].length == length
          && Arrays.equals(keys[slot], 0, length, bytes, from, from + length)) {
        return values[slot];
      }
    }
    return null;
  }

  private int slot(int hash) {
    int spread = hash * 0x9E3779B9;
    return (spread ^ spread >>> 16) & mask;
  }

  static int hash(byte[] bytes, int from, int to) {
    int hash = 1;
    for (int i = from; i < to; i++) {
      hash = next(hash, bytes[i]);
    }
    return hash;
  }

  static int next(int hash, byte b) {
    return 31 * hash + b;
  }
}
