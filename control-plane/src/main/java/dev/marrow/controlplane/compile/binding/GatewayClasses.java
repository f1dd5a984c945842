package dev.marrow.controlplane.compile.binding;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.resources.KubeObject;
import java.util.Optional;
import java.util.Set;

/** Which Gateway classes are ours. */
public final class GatewayClasses {
  /** Who we are in {@code controllerName} fields. */
  public static final String CONTROLLER = "marrow.dev/waypoint-controller";

  private static final String ISTIO = "istio-waypoint";
  private static final String ISTIO_CONTROLLER = "istio.io/mesh-controller";
  private static final Set<String> NAMES = Set.of("marrow-waypoint", ISTIO);

  private GatewayClasses() {}

  /** True for the names that policies with {@code targetRefs} to a GatewayClass may use. */
  public static boolean named(String name) {
    return NAMES.contains(name);
  }

  /** Whose the class is that a Gateway names. */
  static Waypoint.Kind kindOf(Answers answers, String className) {
    Optional<KubeObject> known = find(answers, className);
    if (known.isPresent()) {
      return ours(answers.mesh().waypoints().classes(), known.get())
          ? Waypoint.Kind.OURS
          : Waypoint.Kind.FOREIGN;
    }
    return answers.mesh().waypoints().classes().contains(className)
        ? Waypoint.Kind.OURS
        : Waypoint.Kind.UNKNOWN;
  }

  /** The class of that name; none where a Gateway names none. */
  static Optional<KubeObject> find(Answers answers, String className) {
    return className.isEmpty() ? Optional.empty() : answers.object("GatewayClass", "", className);
  }

  /** Whether a class is ours, if we serve {@code classes}; Istio's are where its name is served. */
  public static boolean ours(Set<String> classes, KubeObject gatewayClass) {
    String controller = gatewayClass.spec().path("controllerName").stringValue("");
    return controller.equals(CONTROLLER)
        || controller.equals(ISTIO_CONTROLLER) && classes.contains(ISTIO);
  }
}
