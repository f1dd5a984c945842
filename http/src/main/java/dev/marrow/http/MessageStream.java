package dev.marrow.http;

/**
 * One exchange of a request and a response, seen from either end: a {@link ByteStream} for the
 * body, with heads and trailers around it. HTTP/1 and HTTP/2 differ behind it only.
 */
public interface MessageStream extends ByteStream {
  /**
   * Sends a response head, or an interim one first (server role). The client role sent its head
   * when the stream was opened.
   *
   * @param headers not kept; may be reused at once
   * @param endStream no body follows
   */
  void sendHeaders(Headers headers, boolean endStream);

  /** Ends our side with trailers once the body written so far is out. The headers are copied. */
  void sendTrailers(Headers trailers);

  /**
   * Server role: what is still to come of the request is not wanted. The peer gets no more credit;
   * behind the whole response, and where it would need some, it is told to stop (RFC 9113 §8.1).
   * HTTP/1 closes the connection there anyway; a tunnel is told nothing, since a reset would say
   * that something was lost.
   */
  default void refuseRest() {}
}
