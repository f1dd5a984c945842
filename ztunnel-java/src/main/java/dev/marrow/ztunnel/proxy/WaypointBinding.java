package dev.marrow.ztunnel.proxy;

import dev.marrow.identity.SpiffeId;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.workload.Workload;
import java.util.Optional;

/**
 * Whether a workload may be reached past its waypoint.
 *
 * <p>A waypoint on a workload alone only says where traffic to its address goes; in Istio traffic
 * to a service may pass it by. The binding is strict when the control plane also gives the workload
 * a policy that admits the waypoint only, which is told by the policy's name. Then traffic through
 * a service goes through the waypoint, too, and peers other than the waypoint are refused even
 * where another ALLOW policy would admit them.
 */
final class WaypointBinding {
  private static final String ISTIO = "istio_allow_waypoint_";
  private static final String OWN = "marrow_require_waypoint";

  private WaypointBinding() {}

  static boolean strict(Workload workload) {
    if (!workload.waypoint().present()) {
      return false;
    }
    for (String policy : workload.policies()) {
      String name = policy.substring(policy.indexOf('/') + 1);
      if (name.startsWith(ISTIO) || name.startsWith(OWN)) {
        return true;
      }
    }
    return false;
  }

  /** Why {@code peer} must not reach {@code workload} directly; empty if it may. */
  static Optional<String> refusal(MeshView view, Workload workload, Optional<SpiffeId> peer) {
    if (!strict(workload)) {
      return Optional.empty();
    }
    boolean waypoint =
        peer.isPresent()
            && Gateways.identities(view, workload.waypoint(), workload.namespace())
                .contains(peer.get());
    return waypoint
        ? Optional.empty()
        : Optional.of("only its waypoint may reach workload " + workload.name());
  }
}
