package dev.marrow.ztunnel.proxy;

import dev.marrow.identity.SpiffeId;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.Workload;
import java.util.Optional;

/**
 * Whether a workload may be reached past its waypoint.
 *
 * <p>A waypoint on a workload alone only says where traffic to its address goes; in Istio traffic
 * to a service may pass it by. The binding is strict when the control plane also gives the workload
 * a policy that admits the waypoint only, which is told by the policy's name. Then traffic through
 * a service goes through the waypoint, too, and peers other than the waypoint (or one in front of a
 * service that the workload backs) are refused even where another ALLOW policy would admit them.
 * While the binding ends, a policy of another name keeps callers on the way through the waypoint,
 * and others are admitted already: proxies do not hear of it at the same moment.
 */
final class WaypointBinding {
  private static final String ISTIO = "istio_allow_waypoint_";
  private static final String OWN = "marrow_require_waypoint";
  private static final String ENDING = "marrow_through_waypoint";

  private WaypointBinding() {}

  /** Whether nobody but the waypoint is admitted. */
  static boolean strict(Workload workload) {
    return named(workload, ISTIO) || named(workload, OWN);
  }

  /** Whether traffic through a service goes through the workload's waypoint. */
  static boolean leads(Workload workload) {
    return strict(workload) || named(workload, ENDING);
  }

  private static boolean named(Workload workload, String start) {
    if (!workload.waypoint().present()) {
      return false;
    }
    for (String policy : workload.policies()) {
      if (policy.startsWith(start, policy.indexOf('/') + 1)) {
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
    return peer.isPresent() && waypoint(view, workload, peer.get())
        ? Optional.empty()
        : Optional.of("only its waypoint may reach workload " + workload.name());
  }

  /** The workload's own, or one in front of a service that it backs. */
  private static boolean waypoint(MeshView view, Workload workload, SpiffeId peer) {
    if (is(view, workload.waypoint(), workload, peer)) {
      return true;
    }
    for (ServiceKey key : workload.services().keySet()) {
      Optional<Service> service = view.service(key);
      if (service.isPresent() && inFront(view, service.get(), workload, peer)) {
        return true;
      }
    }
    return false;
  }

  private static boolean inFront(MeshView view, Service service, Workload workload, SpiffeId peer) {
    return is(view, service.waypoint(), workload, peer)
        || service.weightedWaypoints().stream()
            .anyMatch(w -> w.weight() > 0 && is(view, w.destination(), workload, peer));
  }

  private static boolean is(MeshView view, GatewayAddress at, Workload workload, SpiffeId peer) {
    return Gateways.identities(view, at, workload.namespace()).contains(peer);
  }
}
