package dev.marrow.mesh.xds;

import dev.marrow.mesh.MeshChange;
import dev.marrow.mesh.MeshDelta;
import dev.marrow.mesh.MeshSource;
import dev.marrow.mesh.MeshView;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The mesh as a control plane tells it: turns {@code istio.workload.Address} and {@code
 * istio.security.Authorization} into one view after the other. Pass {@link #handlers()} to an
 * {@link AdsClient}.
 *
 * <p>A resource that cannot be read is rejected alone; what was known of it stays. Descriptive
 * enums (workload type, application protocol) may be newer than we are; those that decide anything
 * may not. A policy that is rejected and has no earlier version denies what it is for.
 *
 * <p>Thread-safe: the client's thread writes, anyone reads.
 */
public final class MeshSubscription implements MeshSource {
  /** The type URL of workloads and services. */
  public static final String ADDRESS_TYPE = "type.googleapis.com/istio.workload.Address";

  /** The type URL of policies. */
  public static final String AUTHORIZATION_TYPE =
      "type.googleapis.com/istio.security.Authorization";

  private final List<Consumer<MeshChange>> listeners = new CopyOnWriteArrayList<>();
  private final List<ResourceHandler> handlers;
  private volatile MeshView view;

  /** Starts from {@code initial}, for example the local file's view; what it has stays. */
  public MeshSubscription(MeshView initial) {
    view = initial;
    handlers = List.of(new AddressHandler(this), new AuthorizationHandler(this));
  }

  /** Both handlers, in the order in which they are subscribed. */
  public List<ResourceHandler> handlers() {
    return handlers;
  }

  @Override
  public MeshView current() {
    return view;
  }

  @Override
  public void onChange(Consumer<MeshChange> listener) {
    listeners.add(listener);
  }

  /** Called by the handlers, on the client's thread. */
  void publish(MeshDelta delta) {
    if (delta.isEmpty()) {
      return;
    }
    MeshView before = view;
    MeshView after = before.with(delta);
    view = after;
    MeshChange change = new MeshChange(before, after, delta);
    listeners.forEach(listener -> listener.accept(change));
  }
}
