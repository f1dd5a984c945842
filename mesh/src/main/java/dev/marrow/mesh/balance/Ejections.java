package dev.marrow.mesh.balance;

import dev.marrow.mesh.workload.Workload;

/**
 * Which workloads recent connections failed to reach. Called on the connect path: must not block.
 */
@FunctionalInterface
public interface Ejections {
  /** Nobody is. */
  Ejections NONE = workload -> false;

  boolean ejected(Workload workload);
}
