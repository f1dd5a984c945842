package dev.marrow.mesh.xds;

import dev.marrow.mesh.policy.Policy;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.proto.security.Authorization;
import dev.marrow.proto.workload.Address;

/** Writes our values as messages, for those who serve them. What is read back is equal. */
public final class MeshMessages {
  private MeshMessages() {}

  /** The workload as {@code Address}; its resource name is the uid. */
  public static Address message(Workload workload) {
    throw new UnsupportedOperationException();
  }

  /** The service as {@code Address}; its resource name is {@code namespace/hostname}. */
  public static Address message(Service service) {
    throw new UnsupportedOperationException();
  }

  /** The policy; its resource name is {@code namespace/name}. */
  public static Authorization message(Policy policy) {
    throw new UnsupportedOperationException();
  }
}
