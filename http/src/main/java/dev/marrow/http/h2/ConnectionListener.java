package dev.marrow.http.h2;

import dev.marrow.http.Headers;

/** Receives what concerns a connection as a whole, on its event loop. */
public interface ConnectionListener {
  /** The peer's first SETTINGS arrived: the connection is up. */
  default void onReady() {}

  /**
   * A request (server role only), its head checked by RFC 9113 §8. The body is kept, within the
   * stream's window, until {@link H2Stream#listen} is called, in this call or later.
   *
   * @param headers valid during this call only
   * @param endStream the request has no body
   * @return who hears of trailers, and of a reset as long as nobody listens to the body
   */
  default StreamListener onStream(H2Stream stream, Headers headers, boolean endStream) {
    throw new IllegalStateException(
        "stream: %d (expected: none in client role)".formatted(stream.id()));
  }

  /**
   * The peer sent GOAWAY: no new streams can be opened; those above {@code lastStreamId} are reset
   * as REFUSED.
   */
  default void onGoAway(int lastStreamId, ErrorCode code) {}

  /** A stream ended, or the peer raised its limit: {@link H2Connection#availableStreams()} grew. */
  default void onStreamsAvailable() {}

  /** A limit against abuse was reached; for counters. */
  default void onLimit(Limit limit) {}

  /** The connection is over; streams still open have been told. Called exactly once, last. */
  default void onClosed(Closed why) {}

  /**
   * Why a connection ended.
   *
   * @param code what we or the peer said, NO_ERROR for a clean end
   * @param byPeer whether it was the peer's doing
   */
  record Closed(ErrorCode code, boolean byPeer, String detail) {}
}
