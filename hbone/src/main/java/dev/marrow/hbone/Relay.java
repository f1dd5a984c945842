package dev.marrow.hbone;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import java.util.function.Consumer;

/**
 * Copies bytes between two streams, both ways, until both directions have ended: back-pressure,
 * half-close and reset carry over. Both streams live on one event loop, and so does this.
 */
public final class Relay {
  private Relay() {}

  /**
   * Starts copying; owns both streams from now on.
   *
   * @param ended called exactly once, when both directions are over
   */
  public static Relay start(
      ByteStream left, ByteStream right, RelaySettings settings, Consumer<RelayEnd> ended) {
    throw new UnsupportedOperationException();
  }

  /** Resets both streams (policy, revocation, drain); {@link RelayEnd} carries {@code why}. */
  public void cut(Abort why) {
    throw new UnsupportedOperationException();
  }

  /** Bytes read from the left stream so far. */
  public long fromLeft() {
    throw new UnsupportedOperationException();
  }

  /** Bytes read from the right stream so far. */
  public long fromRight() {
    throw new UnsupportedOperationException();
  }
}
