package dev.marrow.hbone;

import dev.marrow.http.ByteStream;

/** What became of a request for a tunnel. */
public sealed interface TunnelResult {
  /**
   * The other end said 200.
   *
   * @param stream not yet listened to; owned by the receiver
   * @param baggage what the other end says about itself
   * @param connection which TLS connection carries it, for logs
   */
  record Opened(ByteStream stream, Baggage baggage, TunnelConnection connection)
      implements TunnelResult {}

  /**
   * No tunnel.
   *
   * @param status what the other end answered; zero unless {@code reason} is {@code REFUSED}
   * @param retryable whether the same request may go elsewhere: the other end has done no work
   * @param detail for the log line
   */
  record Failed(Reason reason, Side side, int status, boolean retryable, String detail)
      implements TunnelResult {}

  /** Where a tunnel failed. */
  enum Reason {
    /** Our own certificate could not be had. */
    CERTIFICATE,
    /** TCP: refused, unreachable. */
    CONNECT,
    /** TCP: no answer in time; often a network policy that blocks the port. */
    CONNECT_TIMEOUT,
    /** TLS handshake. */
    TLS,
    /** The peer is not who it should be. */
    IDENTITY,
    /** HTTP/2: protocol error, connection lost, stream reset. */
    H2,
    /** The other end answered CONNECT with another status than 200. */
    REFUSED,
    /** TLS, SETTINGS or the answer to CONNECT took too long. */
    TIMEOUT,
    /** A limit of ours: too many dials or waiters. */
    LIMIT,
    /** The pool is drained or closed. */
    DRAINED,
    /** The caller does not want it any more. */
    CANCELLED
  }

  /** Whose doing a failure is. */
  enum Side {
    OURS,
    NETWORK,
    PEER
  }
}
