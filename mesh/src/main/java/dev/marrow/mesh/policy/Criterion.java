package dev.marrow.mesh.policy;

import java.util.List;

/**
 * What one attribute must look like: one of {@code any} (or anything, if that is empty) and none of
 * {@code none}.
 */
public record Criterion<T>(List<T> any, List<T> none) {
  public Criterion {
    any = List.copyOf(any);
    none = List.copyOf(none);
  }

  /** Nothing is asked of the attribute. */
  public static <T> Criterion<T> unset() {
    return new Criterion<>(List.of(), List.of());
  }

  /** One of {@code values}. */
  public static <T> Criterion<T> any(List<T> values) {
    return new Criterion<>(values, List.of());
  }

  /** None of {@code values}. */
  public static <T> Criterion<T> none(List<T> values) {
    return new Criterion<>(List.of(), values);
  }

  public boolean isUnset() {
    return any.isEmpty() && none.isEmpty();
  }

  boolean holds(Test<T> test) {
    return (any.isEmpty() || hits(any, test)) && !hits(none, test);
  }

  // By index: no iterator on the connect path.
  private static <T> boolean hits(List<T> values, Test<T> test) {
    for (int i = 0; i < values.size(); i++) {
      if (test.hits(values.get(i))) {
        return true;
      }
    }
    return false;
  }

  /** Whether the connection at hand has the value. */
  interface Test<T> {
    boolean hits(T value);
  }
}
