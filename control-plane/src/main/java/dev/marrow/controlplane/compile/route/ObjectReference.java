package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.Fields;

/**
 * A reference to an object that requests can be sent to, as routes write it.
 *
 * @param namespace empty: the namespace of the route
 * @param port 0: not given
 */
public record ObjectReference(String group, String kind, String namespace, String name, int port) {
  static ObjectReference read(Fields ref) {
    return new ObjectReference(
        ref.text("group", ""),
        ref.text("kind", "Service"),
        ref.text("namespace", ""),
        ref.text("name"),
        ref.number("port", 0, 1, 65535));
  }
}
