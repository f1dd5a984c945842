package dev.marrow.mesh.workload;

/** Whether a workload has addresses of its own. */
public enum NetworkMode {
  /** Its addresses are its own. */
  STANDARD,
  /** It shares the node's addresses, so it cannot be found by them. */
  HOST_NETWORK
}
