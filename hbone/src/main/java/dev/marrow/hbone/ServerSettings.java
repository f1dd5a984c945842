package dev.marrow.hbone;

import dev.marrow.http.h2.Limits;
import dev.marrow.http.h2.Settings;
import java.time.Duration;

/**
 * How a {@link TunnelServer} behaves.
 *
 * @param handshake for TLS, from accept
 * @param preface for the client's preface and SETTINGS, from the end of TLS
 * @param earlyBytes what is kept per stream before it is accepted; at most the stream window counts
 * @param idle a connection without tunnels closes after this; zero: never
 */
public record ServerSettings(
    Duration handshake,
    Duration preface,
    int earlyBytes,
    Duration idle,
    Settings h2,
    Limits limits) {
  public ServerSettings {
    if (earlyBytes < 1) {
      throw new IllegalArgumentException("earlyBytes: %d (expected: >= 1)".formatted(earlyBytes));
    }
  }

  public static ServerSettings standard() {
    return new ServerSettings(
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        64 << 10,
        Duration.ZERO,
        Settings.tunnelServer(),
        Limits.standard());
  }
}
