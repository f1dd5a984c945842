package dev.marrow.controlplane.compile.binding;

import dev.marrow.controlplane.compile.Labels;
import dev.marrow.resources.ObjectKey;
import java.util.Map;

/** What labels say about the waypoint of the object, or of the namespace, that carries them. */
sealed interface Wanted {
  /** Nothing. */
  record Nothing() implements Wanted {}

  /** None, whatever the namespace says. */
  record None() implements Wanted {}

  /** This one. */
  record Gateway(ObjectKey key) implements Wanted {}

  static Wanted of(Map<String, String> labels, String namespace) {
    String name = labels.getOrDefault(Labels.USE_WAYPOINT, "");
    if (name.isEmpty()) {
      return new Nothing();
    }
    return name.equals("none")
        ? new None()
        : new Gateway(
            new ObjectKey(
                "Gateway", labels.getOrDefault(Labels.USE_WAYPOINT_NAMESPACE, namespace), name));
  }
}
