package dev.marrow.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PersistentMapTest {
  /** A key whose hash says as little as {@code bits} of its value. */
  private record Key(int value, int bits) {
    @Override
    public int hashCode() {
      return value & ((1 << bits) - 1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 7, 31})
  void itHoldsWhatAHashMapHoldsAfterAnyChanges(int bits) {
    Random random = new Random(bits);
    Map<Key, Integer> expected = new HashMap<>();
    PersistentMap<Key, Integer> map = PersistentMap.empty();

    for (int step = 0; step < 300; step++) {
      PersistentMap.Editor<Key, Integer> editor = map.edit();
      for (int i = 0; i < random.nextInt(20); i++) {
        Key key = new Key(random.nextInt(200), bits);
        if (random.nextInt(3) == 0) {
          editor.remove(key);
          expected.remove(key);
        } else {
          editor.put(key, step);
          expected.put(key, step);
        }
      }
      map = editor.build();
      assertThat(contents(map)).isEqualTo(expected);
      assertThat(map.size()).isEqualTo(expected.size());
      for (int i = 0; i < 200; i++) {
        assertThat(map.get(new Key(i, bits))).isEqualTo(expected.get(new Key(i, bits)));
      }
    }
  }

  @Test
  void anOlderVersionIsNotTouchedByLaterChanges() {
    List<PersistentMap<Key, Integer>> versions = new ArrayList<>();
    List<Map<Key, Integer>> expected = new ArrayList<>();
    PersistentMap<Key, Integer> map = PersistentMap.empty();
    Random random = new Random(1);

    for (int step = 0; step < 100; step++) {
      PersistentMap.Editor<Key, Integer> editor = map.edit();
      for (int i = 0; i < 30; i++) {
        Key key = new Key(random.nextInt(500), 6);
        if (random.nextBoolean()) {
          editor.put(key, step);
        } else {
          editor.remove(key);
        }
      }
      map = editor.build();
      versions.add(map);
      expected.add(contents(map));
    }

    for (int i = 0; i < versions.size(); i++) {
      assertThat(contents(versions.get(i))).isEqualTo(expected.get(i));
    }
  }

  @Test
  void anEditThatChangesNothingGivesTheSameMap() {
    PersistentMap.Editor<String, String> editor = PersistentMap.<String, String>empty().edit();
    editor.put("a", "1");
    PersistentMap<String, String> map = editor.build();

    PersistentMap.Editor<String, String> again = map.edit();
    again.put("a", "1");
    again.remove("b");

    assertThat(again.build()).isSameAs(map);
  }

  private static Map<Key, Integer> contents(PersistentMap<Key, Integer> map) {
    Map<Key, Integer> contents = new HashMap<>();
    map.forEach(contents::put);
    return contents;
  }
}
