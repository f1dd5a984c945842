package dev.marrow.mesh;

import dev.marrow.mesh.policy.Policy;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.Workload;
import java.util.List;
import java.util.Set;

/**
 * What changes from one view to the next. Removals come first: a name that is both removed and
 * present among the new values ends up present.
 *
 * @param removedWorkloads uids
 * @param removedPolicies {@code namespace/name}
 */
public record MeshDelta(
    Set<String> removedWorkloads,
    Set<ServiceKey> removedServices,
    Set<String> removedPolicies,
    List<Workload> workloads,
    List<Service> services,
    List<Policy> policies) {
  public MeshDelta {
    removedWorkloads = Set.copyOf(removedWorkloads);
    removedServices = Set.copyOf(removedServices);
    removedPolicies = Set.copyOf(removedPolicies);
    workloads = List.copyOf(workloads);
    services = List.copyOf(services);
    policies = List.copyOf(policies);
  }

  /** New or changed values, nothing removed. */
  public static MeshDelta of(
      List<Workload> workloads, List<Service> services, List<Policy> policies) {
    return new MeshDelta(Set.of(), Set.of(), Set.of(), workloads, services, policies);
  }

  public boolean isEmpty() {
    return removedWorkloads.isEmpty()
        && removedServices.isEmpty()
        && removedPolicies.isEmpty()
        && workloads.isEmpty()
        && services.isEmpty()
        && policies.isEmpty();
  }
}
