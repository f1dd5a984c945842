package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.Fields;
import dev.marrow.resources.ObjectKey;
import tools.jackson.databind.JsonNode;

/**
 * What a route is attached to.
 *
 * @param object the kind may be one that no route can be attached to
 * @param port 0: all ports
 * @param sectionName a port's name; empty: all
 * @param written as it stands in the route, for its status
 */
public record ParentReference(
    ObjectKey object, String group, int port, String sectionName, JsonNode written) {
  private static final String GATEWAYS = "gateway.networking.k8s.io";

  static ParentReference read(Fields ref, JsonNode written, String routeNamespace) {
    String group = ref.text("group", GATEWAYS);
    String kind = ref.text("kind", "Gateway");
    String namespace = ref.text("namespace", routeNamespace);
    String name = ref.text("name");
    return new ParentReference(
        new ObjectKey(kind, namespace, name.isEmpty() ? "?" : name),
        group,
        ref.number("port", 0, 1, 65535),
        ref.text("sectionName", ""),
        written);
  }

  /** True for the kinds that we attach routes to. */
  public boolean supported() {
    return switch (object.kind()) {
      case "Service" -> group.isEmpty() || group.equals("core");
      case "ServiceEntry" -> group.equals("networking.istio.io");
      case "Gateway" -> group.equals(GATEWAYS);
      default -> false;
    };
  }
}
