package dev.marrow.mesh;

/**
 * One step from view to view, as listeners are told of it.
 *
 * @param delta what was applied; it may repeat values that were there already
 */
public record MeshChange(MeshView before, MeshView after, MeshDelta delta) {
  /** Whether the outcome of an authorization may differ: a policy or a workload changed. */
  public boolean mayChangeDecisions() {
    return !delta.policies().isEmpty()
        || !delta.removedPolicies().isEmpty()
        || !delta.workloads().isEmpty()
        || !delta.removedWorkloads().isEmpty();
  }
}
