package dev.marrow.http.h2;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import dev.marrow.http.Headers;

/**
 * Receives the header side of one stream; the body goes to the {@link ByteStream.Listener} given to
 * {@link H2Stream#listen}. One object may be both. Called on the connection's event loop.
 */
public interface StreamListener {
  /**
   * A response head, also each 1xx one (client role only; a request's head comes with {@link
   * ConnectionListener#onStream}).
   *
   * @param headers valid during this call only
   * @param endStream no body follows; the body's listener gets its {@code onFinish} all the same
   */
  default void onHeaders(Headers headers, boolean endStream) {}

  /** Trailers; the body's {@code onFinish} comes next. Valid during this call only. */
  default void onTrailers(Headers trailers) {}

  /**
   * The stream ended abruptly before {@link H2Stream#listen} was called; afterwards the body's
   * listener is told instead.
   */
  void onReset(Abort why);
}
