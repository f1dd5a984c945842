package dev.marrow.hbone;

import dev.marrow.http.h2.Limits;
import dev.marrow.http.h2.Settings;
import java.time.Duration;

/**
 * How a {@link TunnelPool} behaves.
 *
 * @param streamsPerConnection tunnels per connection; the peer's limit counts too
 * @param idle a connection without tunnels closes after this
 * @param connect for TCP
 * @param handshake for TLS
 * @param answer for the reply to CONNECT, which includes the other end's dial
 * @param parallelDials connections being opened at once, over all keys
 * @param maxWaiters requests waiting for a connection, over all keys
 * @param negative how long a failed dial answers further requests for the same key; zero: not at
 *     all
 * @param h2 what our end advertises, with the timers for SETTINGS and PING
 */
public record PoolSettings(
    int streamsPerConnection,
    Duration idle,
    Duration connect,
    Duration handshake,
    Duration answer,
    int parallelDials,
    int maxWaiters,
    Duration negative,
    Settings h2,
    Limits limits) {
  public PoolSettings {
    if (streamsPerConnection < 1 || parallelDials < 1 || maxWaiters < 1) {
      throw new IllegalArgumentException(
          "streamsPerConnection, parallelDials, maxWaiters: %d, %d, %d (expected: >= 1)"
              .formatted(streamsPerConnection, parallelDials, maxWaiters));
    }
  }

  public static PoolSettings standard() {
    return new PoolSettings(
        100,
        Duration.ofMinutes(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        Duration.ofSeconds(20),
        64,
        10_000,
        Duration.ofMillis(250),
        Settings.tunnelClient(),
        Limits.standard());
  }
}
