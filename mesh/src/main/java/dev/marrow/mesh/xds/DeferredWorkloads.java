package dev.marrow.mesh.xds;

import dev.marrow.mesh.MeshDelta;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.policy.Policy;
import dev.marrow.mesh.workload.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Workloads that name a policy which has not come yet. A control plane sends a workload before the
 * policy that was just attached to it; published at once, the unknown name would deny everybody for
 * that moment and cut connections that are allowed. So they wait for the policy, a little. Guarded
 * by its subscription's lock.
 */
final class DeferredWorkloads {
  private final Map<String, Workload> waiting = new LinkedHashMap<>();

  /** {@code delta} without what must wait, and with what need not wait any longer. */
  MeshDelta settle(MeshDelta delta, MeshView view) {
    delta.removedWorkloads().forEach(waiting::remove);
    Set<String> coming =
        delta.policies().stream().map(Policy::fullName).collect(Collectors.toSet());
    List<Workload> ready = new ArrayList<>(delta.workloads().size());
    for (Workload workload : delta.workloads()) {
      waiting.remove(workload.uid());
      if (known(workload, coming, view)) {
        ready.add(workload);
      } else {
        waiting.put(workload.uid(), workload);
      }
    }
    if (!coming.isEmpty()) {
      waiting.values().removeIf(workload -> known(workload, coming, view) && ready.add(workload));
    }
    return with(delta, ready);
  }

  /** Everything that still waits: an unknown name denies, from now on. */
  List<Workload> giveUp() {
    List<Workload> rest = List.copyOf(waiting.values());
    waiting.clear();
    return rest;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  private static boolean known(Workload workload, Set<String> coming, MeshView view) {
    for (String policy : workload.policies()) {
      if (!coming.contains(policy) && view.policy(policy).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  private static MeshDelta with(MeshDelta delta, List<Workload> workloads) {
    return new MeshDelta(
        delta.removedWorkloads(),
        delta.removedServices(),
        delta.removedPolicies(),
        workloads,
        delta.services(),
        delta.policies());
  }
}
