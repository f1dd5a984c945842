package dev.marrow.mesh.xds;

import java.util.HashMap;
import java.util.Map;

/**
 * Gives one object for all equal values, so that 100,000 workloads share their namespaces, nodes,
 * accounts and ports. Confined to the thread that applies resources.
 *
 * <p>At {@code limit} values it forgets all of them: values met later are then shared among
 * themselves, and the memory of a mesh that changes for months stays bounded.
 */
final class Interner {
  static final int DEFAULT_LIMIT = 1 << 17;

  private final int limit;
  private final Map<Object, Object> values = new HashMap<>();

  Interner(int limit) {
    this.limit = limit;
  }

  @SuppressWarnings("unchecked") // Equal values of these types have one type.
  <T> T share(T value) {
    if (values.size() >= limit) {
      values.clear();
    }
    Object held = values.putIfAbsent(value, value);
    return held == null ? value : (T) held;
  }

  int size() {
    return values.size();
  }
}
