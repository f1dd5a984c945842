package dev.marrow.controlplane.admit;

import dev.marrow.controlplane.compile.Fields;
import dev.marrow.controlplane.compile.binding.Placement;
import dev.marrow.resources.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads a Gateway of our classes strictly; of those of others only what bindings need. */
final class GatewayReading {
  private static final Map<String, String> FROM =
      Map.of("Same", "Same", "All", "All", "Selector", "Selector", "None", "None");

  private GatewayReading() {}

  static void check(KubeObject object, List<String> errors) {
    String className = object.spec().path("gatewayClassName").stringValue("");
    boolean ours = className.equals("marrow-waypoint") || className.equals("istio-waypoint");
    List<String> found = new ArrayList<>();
    Fields spec = Fields.of(object.spec(), "spec", found);
    spec.text("gatewayClassName");
    for (Fields listener : spec.list("listeners")) {
      listener.text("name");
      listener.text("protocol");
      listener.number("port", 0, 1, 65535);
      listener.ignore("hostname", "tls");
      Fields routes = listener.object("allowedRoutes");
      routes.ignore("kinds");
      Fields namespaces = routes.object("namespaces");
      namespaces.choice("from", FROM, "Same");
      namespaces.ignore("selector");
    }
    for (Fields address : spec.list("addresses")) {
      address.text("type", "IPAddress");
      address.text("value", "");
    }
    Fields infrastructure = spec.object("infrastructure");
    infrastructure.textMap("labels");
    infrastructure.textMap("annotations");
    Fields parameters = infrastructure.object("parametersRef");
    parameters.ignore("group", "kind", "name");
    spec.ignore("allowedListeners", "backendTLS", "tls", "defaultScope");
    spec.done();
    if (ours) {
      errors.addAll(found);
      Placement.problem(object).ifPresent(errors::add);
    }
  }
}
