package dev.marrow.mesh.policy;

/** Which workloads a policy is for. */
public enum PolicyScope {
  /** Every workload of the mesh. */
  GLOBAL,
  /** Every workload of the policy's namespace. */
  NAMESPACE,
  /** The workloads that name it. */
  WORKLOAD_SELECTOR
}
