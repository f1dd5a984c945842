package dev.marrow.http.h1;

import dev.marrow.http.ByteStream;
import dev.marrow.http.Headers;
import dev.marrow.http.MessageStream;
import dev.marrow.http.h2.StreamListener;

/** Receives the requests of a connection, on its event loop. */
public interface RequestHandler {
  /**
   * A request, without hop-by-hop fields. The body is kept until {@link ByteStream#listen}. An
   * upgrade carries {@code :protocol} with its own method.
   *
   * @param headers valid during this call only
   * @return who hears of trailers and of a reset as long as nobody listens to the body
   */
  StreamListener onRequest(MessageStream stream, Headers headers, boolean endStream);

  /** A request was refused before anyone could see it; it has been answered. */
  default void onFault(HeadFault fault) {}

  /** The connection is over. Called once, last. */
  default void onClosed() {}
}
