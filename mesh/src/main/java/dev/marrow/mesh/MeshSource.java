package dev.marrow.mesh;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

/** Who knows the mesh: a control plane, or a file. Thread-safe. */
public interface MeshSource {
  /** The newest view. Read it once per decision; never blocks. */
  MeshView current();

  /**
   * Calls {@code listener} after each publication, in order, on the thread of the source, so that
   * listeners only hand the change over. {@link #current()} is already the new view then.
   */
  void onChange(Consumer<MeshChange> listener);

  /**
   * The service or workload of a name ({@code network/ip}, {@code namespace/hostname} or a uid),
   * asked for if this source fetches on demand. Completes with the view to look it up in, at once
   * for sources that know everything; fails if nobody answered within the source's time limit, for
   * then nobody can say that there is no such thing.
   */
  default CompletionStage<MeshView> demand(String name) {
    return CompletableFuture.completedStage(current());
  }

  /**
   * No longer calls {@code listener}, which must be the very object {@link #onChange} was given.
   */
  void forget(Consumer<MeshChange> listener);

  /** What {@code found} gives once it gives anything, however long that takes; at once if now. */
  default <T> CompletionStage<T> await(Function<MeshView, Optional<T>> found) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Consumer<MeshChange> listener =
        change -> found.apply(change.after()).ifPresent(result::complete);
    // Listens before it looks: a change between the two would be missed the other way round.
    onChange(listener);
    result.whenComplete((_, _) -> forget(listener));
    found.apply(current()).ifPresent(result::complete);
    return result;
  }
}
