package dev.marrow.mesh;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * What every source does with a view: it keeps the newest one and tells of the next. Anyone reads;
 * {@link #advance} is called by one thread at a time.
 */
public abstract class PublishedMesh implements MeshSource {
  private final List<Consumer<MeshChange>> listeners = new CopyOnWriteArrayList<>();
  private volatile MeshView view;

  /** Starts from {@code initial}, which nobody is told of. */
  protected PublishedMesh(MeshView initial) {
    this.view = initial;
  }

  @Override
  public final MeshView current() {
    return view;
  }

  @Override
  public final void onChange(Consumer<MeshChange> listener) {
    listeners.add(listener);
  }

  @Override
  public final void forget(Consumer<MeshChange> listener) {
    listeners.remove(listener);
  }

  /** Publishes the view with {@code delta} in it, unless that changes nothing. */
  protected final void advance(MeshDelta delta) {
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
