package dev.marrow.ztunnel.proxy;

import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.workload.Workload;
import java.util.Optional;

/** The workload a proxy speaks for, by the three names its node agent knows. */
public record PodName(String namespace, String name, String serviceAccount) {

  /** The workload of that name, if the mesh knows it by now. */
  public Optional<Workload> in(MeshView view) {
    return view.workload(namespace, name, serviceAccount);
  }

  @Override
  public String toString() {
    return namespace + "/" + name + "/" + serviceAccount;
  }
}
