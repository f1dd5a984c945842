package dev.marrow.resources.kubernetes;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One instance of each text and map that many objects have alike. Bounded: when full, what is new
 * is not shared. Thread-safe.
 */
final class Words {
  private static final int LONGEST = 128;

  private final int most;
  private final Map<String, String> texts = new ConcurrentHashMap<>();
  private final Map<Map<String, String>, Map<String, String>> maps = new ConcurrentHashMap<>();

  Words(int most) {
    this.most = most;
  }

  String share(String text) {
    if (text.length() > LONGEST) {
      return text;
    }
    String known = texts.get(text);
    if (known != null) {
      return known;
    }
    if (texts.size() < most) {
      texts.put(text, text);
    }
    return text;
  }

  /** The same map, or an equal one of before. */
  Map<String, String> share(Map<String, String> map) {
    Map<String, String> known = maps.get(map);
    if (known != null) {
      return known;
    }
    Map<String, String> copy =
        Map.ofEntries(
            map.entrySet().stream()
                .map(entry -> Map.entry(share(entry.getKey()), share(entry.getValue())))
                .<Map.Entry<String, String>>toArray(Map.Entry[]::new));
    if (maps.size() < most) {
      maps.put(copy, copy);
    }
    return copy;
  }
}
