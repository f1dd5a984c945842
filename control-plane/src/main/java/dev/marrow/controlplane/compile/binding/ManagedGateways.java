package dev.marrow.controlplane.compile.binding;

import dev.marrow.controlplane.compile.Labels;
import java.util.Map;
import java.util.Set;

/** Services and pods of waypoints and gateways themselves: nothing is in front of those. */
public final class ManagedGateways {
  /** What our deployer writes. */
  public static final String MESH = "istio.io-mesh-controller";

  private static final Set<String> VALUES =
      Set.of(MESH, "istio.io-eastwest-controller", "istio.io-agentgateway-waypoint-controller");

  private ManagedGateways() {}

  static boolean is(Map<String, String> labels) {
    return VALUES.contains(labels.getOrDefault(Labels.MANAGED, ""));
  }
}
