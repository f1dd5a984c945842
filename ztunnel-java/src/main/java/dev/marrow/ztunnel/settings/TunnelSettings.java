package dev.marrow.ztunnel.settings;

import java.time.Duration;

/** Pool, HTTP/2 and time limits of tunnels. Windows and frame in bytes; zero durations are off. */
public record TunnelSettings(
    int streamsPerConnection,
    Duration unusedConnection,
    int streamWindowBytes,
    int connectionWindowBytes,
    int frameBytes,
    Duration handshake,
    Duration connect,
    Peer peer) {
  /**
   * What a peer may cost us.
   *
   * @param streams open at once on one connection
   * @param unused a connection without tunnels is closed after this; zero: never
   * @param resets a second, over ten seconds, as {@code settings} and {@code pings}
   */
  public record Peer(
      int streams, int headerListBytes, Duration unused, int resets, int settings, int pings) {}
}
