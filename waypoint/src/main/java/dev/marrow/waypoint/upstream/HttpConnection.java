package dev.marrow.waypoint.upstream;

import dev.marrow.http.Headers;
import dev.marrow.http.MessageStream;
import dev.marrow.http.h2.StreamListener;

/** An open connection to an endpoint, HTTP/1 or HTTP/2. Confined to its event loop. */
interface HttpConnection extends Lease {
  /** Whether another request can be sent on it now. */
  boolean available();

  /** Sends a request; call only while {@link #available()}. */
  @Override
  MessageStream open(Headers headers, boolean endStream, StreamListener listener);

  /** Ends it once nothing is open on it. */
  void retire();
}
