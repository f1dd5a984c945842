package dev.marrow.waypoint.upstream;

import dev.marrow.http.Headers;
import dev.marrow.http.MessageStream;
import dev.marrow.http.h2.StreamListener;

/** The right to send one request on a connection, at once. */
public interface Lease {
  MessageStream open(Headers headers, boolean endStream, StreamListener listener);
}
