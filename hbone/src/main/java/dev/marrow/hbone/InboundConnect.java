package dev.marrow.hbone;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import dev.marrow.http.Headers;

/**
 * A CONNECT that arrived, its form checked already. Exactly one of {@link #accept}, {@link #refuse}
 * and {@link #reset} answers it; what the peer sends before is kept, within bounds, and given to
 * nobody unless accepted. What its headers say is forgotten with the answer. Confined to the
 * connection's event loop.
 */
public interface InboundConnect {
  /** The TLS connection: the peer's verified identity, both addresses. */
  TunnelConnection connection();

  Authority authority();

  Baggage baggage();

  Forwarded forwarded();

  /** The peer's, or {@link TraceParent#NONE}. */
  TraceParent traceparent();

  /** The value of another request header, empty if it is not there. */
  String header(String lowerCaseName);

  /** Calls back if the peer gives up before it is answered; an answer afterwards does nothing. */
  void onAbandoned(Runnable abandoned);

  /**
   * Answers 200.
   *
   * @param extra further response headers, for example {@code baggage}; not kept
   * @return the tunnel, not yet listened to; owned by the caller
   */
  ByteStream accept(Headers extra);

  /** Answers {@code status} and ends the stream. */
  void refuse(int status);

  /** Resets the stream without an answer. */
  void reset(Abort why);
}
