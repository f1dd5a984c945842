package dev.marrow.identity.authority;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where an authority keeps its keys: small named texts that nobody else may read. Thread-safe by
 * {@link #locked}; the other methods are called inside of it only.
 */
public interface KeyFiles {
  /**
   * Runs {@code work} while no other process or thread is in here. It may be run again from the
   * beginning where somebody else was quicker; then nothing that it wrote was kept.
   */
  <T> T locked(Supplier<T> work);

  Optional<String> read(String name);

  /** Writes all of {@code text} or nothing. */
  void write(String name, String text);

  void remove(String name);

  /** The names that start so, in order. */
  List<String> names(String prefix);
}
