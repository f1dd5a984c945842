package dev.marrow.http.h2;

import java.time.Duration;

/**
 * What one endpoint of an HTTP/2 connection advertises, and its timers.
 *
 * @param maxConcurrentStreams streams the peer may have open at once (a server's limit); a client
 *     advertises none, since push is off
 * @param streamWindowBytes SETTINGS_INITIAL_WINDOW_SIZE, 1 to 2^31-1
 * @param connectionWindowBytes receive window of the whole connection, 65,535 to 2^31-1
 * @param maxFrameBytes SETTINGS_MAX_FRAME_SIZE, 16,384 to 16,777,215
 * @param headerTableBytes SETTINGS_HEADER_TABLE_SIZE of our decoder
 * @param maxHeaderListBytes SETTINGS_MAX_HEADER_LIST_SIZE, enforced
 * @param extendedConnect a server's SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441)
 * @param assumedPeerStreams streams a client opens at most before it has seen the server's SETTINGS
 * @param settingsTimeout how long the peer may take to send its first SETTINGS and to acknowledge
 *     ours; zero: for ever
 * @param pingInterval a PING this long after the last; zero: none
 * @param pingTimeout the connection is dead when a PING has no answer for so long
 */
public record Settings(
    int maxConcurrentStreams,
    int streamWindowBytes,
    int connectionWindowBytes,
    int maxFrameBytes,
    int headerTableBytes,
    int maxHeaderListBytes,
    boolean extendedConnect,
    int assumedPeerStreams,
    Duration settingsTimeout,
    Duration pingInterval,
    Duration pingTimeout) {
  /** The connection window before any WINDOW_UPDATE (RFC 9113 §6.9.2). */
  static final int DEFAULT_WINDOW = 65_535;

  static final int DEFAULT_FRAME = 16_384;
  static final int MAX_FRAME = 16_777_215;

  public Settings {
    check("maxConcurrentStreams", maxConcurrentStreams, 0, Integer.MAX_VALUE);
    check("streamWindowBytes", streamWindowBytes, 1, Integer.MAX_VALUE);
    check("connectionWindowBytes", connectionWindowBytes, DEFAULT_WINDOW, Integer.MAX_VALUE);
    check("maxFrameBytes", maxFrameBytes, DEFAULT_FRAME, MAX_FRAME);
    check("headerTableBytes", headerTableBytes, 0, 1 << 20);
    check("maxHeaderListBytes", maxHeaderListBytes, 1024, 1 << 24);
    check("assumedPeerStreams", assumedPeerStreams, 1, Integer.MAX_VALUE);
  }

  /**
   * An HBONE client's: 4 MiB and 16 MiB windows, 1 MiB frames, 16 KiB headers, PING 10 s / 20 s.
   */
  public static Settings tunnelClient() {
    return new Settings(
        0,
        4 << 20,
        16 << 20,
        1 << 20,
        4096,
        16 << 10,
        false,
        100,
        seconds(5),
        seconds(10),
        seconds(20));
  }

  /** An HBONE server's: as the client's, with 200 streams and 64 KiB of headers. */
  public static Settings tunnelServer() {
    return new Settings(
        200,
        4 << 20,
        16 << 20,
        1 << 20,
        4096,
        64 << 10,
        false,
        100,
        seconds(5),
        seconds(10),
        seconds(20));
  }

  /** For HTTP requests: 256 KiB and 16 MiB windows, smallest frames, 64 KiB headers. */
  public static Settings http() {
    return new Settings(
        200,
        256 << 10,
        16 << 20,
        16_384,
        4096,
        64 << 10,
        false,
        100,
        seconds(5),
        seconds(10),
        seconds(20));
  }

  public Settings withMaxConcurrentStreams(int streams) {
    return new Settings(
        streams,
        streamWindowBytes,
        connectionWindowBytes,
        maxFrameBytes,
        headerTableBytes,
        maxHeaderListBytes,
        extendedConnect,
        assumedPeerStreams,
        settingsTimeout,
        pingInterval,
        pingTimeout);
  }

  public Settings withMaxHeaderListBytes(int bytes) {
    return new Settings(
        maxConcurrentStreams,
        streamWindowBytes,
        connectionWindowBytes,
        maxFrameBytes,
        headerTableBytes,
        bytes,
        extendedConnect,
        assumedPeerStreams,
        settingsTimeout,
        pingInterval,
        pingTimeout);
  }

  public Settings withWindows(int streamBytes, int connectionBytes) {
    return new Settings(
        maxConcurrentStreams,
        streamBytes,
        connectionBytes,
        maxFrameBytes,
        headerTableBytes,
        maxHeaderListBytes,
        extendedConnect,
        assumedPeerStreams,
        settingsTimeout,
        pingInterval,
        pingTimeout);
  }

  public Settings withExtendedConnect(boolean on) {
    return new Settings(
        maxConcurrentStreams,
        streamWindowBytes,
        connectionWindowBytes,
        maxFrameBytes,
        headerTableBytes,
        maxHeaderListBytes,
        on,
        assumedPeerStreams,
        settingsTimeout,
        pingInterval,
        pingTimeout);
  }

  public Settings withTimers(Duration settings, Duration ping, Duration answer) {
    return new Settings(
        maxConcurrentStreams,
        streamWindowBytes,
        connectionWindowBytes,
        maxFrameBytes,
        headerTableBytes,
        maxHeaderListBytes,
        extendedConnect,
        assumedPeerStreams,
        settings,
        ping,
        answer);
  }

  private static Duration seconds(int amount) {
    return Duration.ofSeconds(amount);
  }

  private static void check(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s: %d (expected: %d to %d)".formatted(name, value, least, most));
    }
  }
}
