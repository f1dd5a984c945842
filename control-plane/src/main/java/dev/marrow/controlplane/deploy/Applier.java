package dev.marrow.controlplane.deploy;

import dev.marrow.resources.ObjectKey;
import java.util.Collection;

/** Makes generated objects be there: in files, or on an API server. Never blocks the caller. */
public interface Applier {
  /**
   * Makes {@code put} be as given and {@code removed} be gone. The first call has all there are:
   * what an earlier run left behind and is not among them goes too.
   */
  void apply(Collection<GeneratedObject> put, Collection<ObjectKey> removed);
}
