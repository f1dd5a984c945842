package dev.marrow.resources;

/** Where objects come from. Thread-safe. */
public interface ResourceSource extends AutoCloseable {
  /** The newest complete state. Never blocks. */
  ResourceSnapshot snapshot();

  /**
   * Calls {@code listener} after each new snapshot, on the source's own thread; it must not block
   * for long. Calls that are overtaken by a newer snapshot may be left out.
   */
  void onChange(Runnable listener);

  /** Waits until the snapshot is complete for the first time. */
  default void awaitComplete() throws InterruptedException {}

  @Override
  void close();
}
