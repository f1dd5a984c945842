package dev.marrow.conformance.policy;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * All of its attributes have to hold: one of {@code any}, and none of {@code none}.
 *
 * @param any by attribute; one that is not there does not matter
 */
public record Match(Map<Attribute, List<Pattern>> any, Map<Attribute, List<Pattern>> none) {
  public static final Match EMPTY = new Match(Map.of(), Map.of());

  public Match {
    any = sorted(any);
    none = sorted(none);
  }

  private static Map<Attribute, List<Pattern>> sorted(Map<Attribute, List<Pattern>> map) {
    Map<Attribute, List<Pattern>> copy = new EnumMap<>(Attribute.class);
    copy.putAll(map);
    return copy;
  }

  public Match with(Attribute attribute, Pattern... patterns) {
    return new Match(added(any, attribute, patterns), none);
  }

  public Match without(Attribute attribute, Pattern... patterns) {
    return new Match(any, added(none, attribute, patterns));
  }

  private static Map<Attribute, List<Pattern>> added(
      Map<Attribute, List<Pattern>> map, Attribute attribute, Pattern... patterns) {
    Map<Attribute, List<Pattern>> copy = sorted(map);
    List<Pattern> all = new ArrayList<>(copy.getOrDefault(attribute, List.of()));
    all.addAll(List.of(patterns));
    copy.put(attribute, List.copyOf(all));
    return copy;
  }

  boolean holds(Caller caller) {
    return any.entrySet().stream()
            .allMatch(e -> e.getValue().stream().anyMatch(p -> caller.has(e.getKey(), p)))
        && none.entrySet().stream()
            .allMatch(e -> e.getValue().stream().noneMatch(p -> caller.has(e.getKey(), p)));
  }
}
