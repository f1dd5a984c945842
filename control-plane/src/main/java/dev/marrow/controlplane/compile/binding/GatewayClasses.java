package dev.marrow.controlplane.compile.binding;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.resources.KubeObject;
import java.util.Optional;
import java.util.Set;

/** Which Gateway classes are ours. */
public final class GatewayClasses {
  /** Who we are in {@code controllerName} fields. */
  public static final String CONTROLLER = "marrow.dev/waypoint-controller";

  private static final Set<String> NAMES = Set.of("marrow-waypoint", "istio-waypoint");
  private static final Set<String> CONTROLLERS = Set.of(CONTROLLER, "istio.io/mesh-controller");

  private GatewayClasses() {}

  /** True for the names that policies with {@code targetRefs} to a GatewayClass may use. */
  public static boolean named(String name) {
    return NAMES.contains(name);
  }

  static Waypoint.Kind kindOf(Answers answers, String className) {
    if (NAMES.contains(className)) {
      return Waypoint.Kind.OURS;
    }
    Optional<KubeObject> known = answers.object("GatewayClass", "", className);
    if (known.isEmpty()) {
      return Waypoint.Kind.UNKNOWN;
    }
    String controller = known.get().spec().path("controllerName").stringValue("");
    return CONTROLLERS.contains(controller) ? Waypoint.Kind.OURS : Waypoint.Kind.FOREIGN;
  }
}
