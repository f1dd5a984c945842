package dev.marrow.waypoint.settings;

import java.time.Duration;
import java.util.List;

/**
 * What a client may cost us. Names, defaults and bounds are the node proxy's where it has the same.
 *
 * @param streams tunnels open at once on a connection, and requests on an HTTP/2 one inside
 * @param headerListBytes of a request's head, in either version of HTTP
 * @param resets a second, over ten seconds, as {@code settings} and {@code pings}
 * @param handshake for TLS, and then for the preface
 * @param unused a connection without tunnels is closed after this; zero: never
 * @param head how long the head of an HTTP/1 request may take to come
 * @param keepAlive how long an HTTP/1 connection may rest between requests
 */
public record PeerSettings(
    int streams,
    int headerListBytes,
    int resets,
    int settings,
    int pings,
    Duration handshake,
    Duration unused,
    Duration head,
    Duration keepAlive) {
  static final List<String> NAMES =
      List.of(
          "MARROW_MAX_STREAMS_PER_CONNECTION",
          "MARROW_HEADER_LIST_BYTES",
          "MARROW_RESETS_PER_SECOND",
          "MARROW_SETTINGS_PER_SECOND",
          "MARROW_PINGS_PER_SECOND",
          "MARROW_HANDSHAKE_TIMEOUT",
          "MARROW_UNUSED_PEER_TIMEOUT",
          "MARROW_HEAD_TIMEOUT",
          "MARROW_KEEP_ALIVE_TIMEOUT");

  private static final int MOST = Integer.MAX_VALUE;

  static PeerSettings read(Variables variables) {
    return new PeerSettings(
        variables.number("MARROW_MAX_STREAMS_PER_CONNECTION", 200, 1, 65_535),
        variables.number("MARROW_HEADER_LIST_BYTES", 64 << 10, 4096, 1 << 24),
        variables.number("MARROW_RESETS_PER_SECOND", 500, 1, MOST),
        variables.number("MARROW_SETTINGS_PER_SECOND", 20, 1, MOST),
        variables.number("MARROW_PINGS_PER_SECOND", 20, 1, MOST),
        positive(variables, "MARROW_HANDSHAKE_TIMEOUT", Duration.ofSeconds(10)),
        variables.duration("MARROW_UNUSED_PEER_TIMEOUT", Duration.ZERO),
        positive(variables, "MARROW_HEAD_TIMEOUT", Duration.ofSeconds(30)),
        positive(variables, "MARROW_KEEP_ALIVE_TIMEOUT", Duration.ofHours(1)));
  }

  private static Duration positive(Variables variables, String name, Duration otherwise) {
    Duration read = variables.duration(name, otherwise);
    if (read.isZero()) {
      variables.problem(name, "0s", "more than nothing");
      return otherwise;
    }
    return read;
  }
}
