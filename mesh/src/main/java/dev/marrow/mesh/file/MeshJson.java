package dev.marrow.mesh.file;

import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.policy.Policy;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.Workload;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the mesh in the shape of the local file, which is also that of {@code config_dump}. Pure.
 */
public final class MeshJson {
  private MeshJson() {}

  /** The workload; defaults are left out. */
  public static ObjectNode workload(Workload workload) {
    throw new UnsupportedOperationException();
  }

  /** The service with its endpoints in {@code view}; defaults are left out. */
  public static ObjectNode service(Service service, MeshView view) {
    throw new UnsupportedOperationException();
  }

  /** The policy. */
  public static ObjectNode policy(Policy policy) {
    throw new UnsupportedOperationException();
  }

  /** {@code workloads}, {@code services}, {@code policies} and {@code stagedServices}. */
  public static ObjectNode view(MeshView view) {
    throw new UnsupportedOperationException();
  }
}
