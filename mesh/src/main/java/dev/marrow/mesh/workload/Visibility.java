package dev.marrow.mesh.workload;

/** Who may see a service. */
public enum Visibility {
  /** Everyone. */
  PUBLIC,
  /** Clients of its own namespace alone. */
  NAMESPACE
}
