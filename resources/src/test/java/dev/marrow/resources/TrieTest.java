package dev.marrow.resources;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrieTest {
  /** A key whose hash has few values, so that many collide. */
  private record Key(int number, int hashes) {
    @Override
    public int hashCode() {
      return number % hashes;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 50, 100_000})
  void itIsWhatAHashMapIsAndKnowsWhatChanged(int hashes) {
    Random random = new Random(hashes);
    Trie<Key, Object> trie = Trie.empty();
    Map<Key, Object> map = new HashMap<>();
    for (int round = 0; round < 60; round++) {
      Trie<Key, Object> before = trie;
      Map<Key, Object> mapBefore = new HashMap<>(map);
      for (int i = 0; i < 40; i++) {
        Key key = new Key(random.nextInt(500), hashes);
        if (random.nextInt(3) == 0) {
          trie = trie.without(key);
          map.remove(key);
        } else {
          Object value = new Object();
          trie = trie.with(key, value);
          map.put(key, value);
        }
      }
      assertThat(contents(trie)).isEqualTo(map);
      assertThat(trie.size()).isEqualTo(map.size());
      assertThat(contents(before)).isEqualTo(mapBefore);
      assertThat(changes(before, trie)).isEqualTo(differing(mapBefore, map));
    }
  }

  @Test
  void whatWasPutInIsFoundAndNothingElse() {
    Trie<String, Integer> trie = Trie.<String, Integer>empty().with("a", 1).with("b", 2);

    assertThat(trie.get("a")).contains(1);
    assertThat(trie.get("c")).isEmpty();
    assertThat(trie.without("a").without("b").isEmpty()).isTrue();
  }

  private static Map<Key, Object> contents(Trie<Key, Object> trie) {
    Map<Key, Object> contents = new HashMap<>();
    trie.forEach(contents::put);
    return contents;
  }

  private static Set<Key> changes(Trie<Key, Object> before, Trie<Key, Object> after) {
    Set<Key> changed = new HashSet<>();
    before.changes(after, key -> assertThat(changed.add(key)).isTrue());
    return changed;
  }

  private static Set<Key> differing(Map<Key, Object> before, Map<Key, Object> after) {
    Set<Key> keys = new HashSet<>(before.keySet());
    keys.addAll(after.keySet());
    keys.removeIf(key -> before.get(key) == after.get(key));
    return keys;
  }
}
