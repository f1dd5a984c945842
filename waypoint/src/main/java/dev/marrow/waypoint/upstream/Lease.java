package dev.marrow.waypoint.upstream;

import dev.marrow.http.Headers;
import dev.marrow.http.MessageStream;
import dev.marrow.http.h2.StreamListener;

/** The right to send one request on a connection, at once. */
public interface Lease {
  MessageStream open(Headers headers, boolean endStream, StreamListener listener);

  /** Calls back once it is known what the endpoint takes, or gone; possibly inside this call. */
  default void whenSettled(Runnable next) {
    next.run();
  }

  /** Whether a CONNECT with {@code :protocol} may be sent (RFC 8441 §3). */
  default boolean takesExtendedConnect() {
    return false;
  }
}
