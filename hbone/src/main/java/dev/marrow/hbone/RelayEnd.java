package dev.marrow.hbone;

import dev.marrow.http.Abort;

/** How a {@link Relay} ended. */
public sealed interface RelayEnd {
  long fromLeft();

  long fromRight();

  /** Both sides finished in order. */
  record Finished(long fromLeft, long fromRight) implements RelayEnd {}

  /** One side, or we, ended it abruptly; the other side was reset. */
  record Aborted(Side by, Abort why, long fromLeft, long fromRight) implements RelayEnd {}

  /** Who ended it. */
  enum Side {
    LEFT,
    RIGHT,
    OURS
  }
}
