package dev.marrow.hbone;

import java.time.Duration;

/**
 * Timers of a {@link Relay}; zero: none.
 *
 * @param idle no byte in either direction
 * @param halfClosed no byte since one direction ended
 */
public record RelaySettings(Duration idle, Duration halfClosed) {
  public static final RelaySettings NO_TIMERS = new RelaySettings(Duration.ZERO, Duration.ZERO);

  public RelaySettings {
    if (idle.isNegative() || halfClosed.isNegative()) {
      throw new IllegalArgumentException(
          "idle, halfClosed: %s, %s (expected: >= 0)".formatted(idle, halfClosed));
    }
  }
}
