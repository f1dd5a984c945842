package dev.marrow.mesh.xds;

import dev.marrow.mesh.MeshChange;
import dev.marrow.mesh.MeshSource;
import dev.marrow.mesh.MeshView;
import java.util.List;
import java.util.function.Consumer;

/**
 * The mesh as a control plane tells it: turns {@code istio.workload.Address} and {@code
 * istio.security.Authorization} into one view after the other. Pass {@link #handlers()} to an
 * {@link AdsClient}. Thread-safe.
 */
public final class MeshSubscription implements MeshSource {
  /** The type URL of workloads and services. */
  public static final String ADDRESS_TYPE = "type.googleapis.com/istio.workload.Address";

  /** The type URL of policies. */
  public static final String AUTHORIZATION_TYPE =
      "type.googleapis.com/istio.security.Authorization";

  /** Starts from {@code initial}, for example the local file's view; what it has stays. */
  public MeshSubscription(MeshView initial) {
    throw new UnsupportedOperationException();
  }

  /** Both handlers, in the order in which they are subscribed. */
  public List<ResourceHandler> handlers() {
    throw new UnsupportedOperationException();
  }

  @Override
  public MeshView current() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void onChange(Consumer<MeshChange> listener) {
    throw new UnsupportedOperationException();
  }
}
