package dev.marrow.controlplane.status;

import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.Problem;
import java.util.Collection;
import java.util.List;

/** Writes statuses down: to files, or to an API server. Never blocks the caller. */
public interface StatusWriter {
  /** Writes {@code put} and takes {@code removed} away. */
  void write(Collection<ObjectStatus> put, Collection<ObjectKey> removed);

  /** Writes what could not be read at all. */
  void problems(List<Problem> problems);
}
