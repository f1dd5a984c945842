package dev.marrow.http;

/**
 * Why a stream ended abruptly.
 *
 * @param detail for the log line; fixed or bounded text, never bytes of the peer
 */
public record Abort(Reason reason, String detail) {
  /** Reset by the far TCP connection (RST_STREAM CONNECT_ERROR). */
  public static final Abort RESET = new Abort(Reason.RESET, "connection reset");

  /** Not wanted any more (RST_STREAM CANCEL). */
  public static final Abort CANCELLED = new Abort(Reason.CANCELLED, "cancelled");

  /** The transport ended in the middle. */
  public static final Abort TRUNCATED = new Abort(Reason.TRUNCATED, "ended without close");

  /** Kinds of abrupt ends; each has one HTTP/2 error code, on TCP all are a RST. */
  public enum Reason {
    /** A TCP connection was reset (CONNECT_ERROR, RFC 9113 §8.5). */
    RESET,
    /** The peer, or we, do not want it any more (CANCEL). */
    CANCELLED,
    /** TCP FIN without TLS close_notify, or a half-closed transport under an open stream. */
    TRUNCATED,
    /** The connection that carried the stream was lost. */
    CONNECTION_LOST,
    /** The peer did no work for this stream: it may be tried again (REFUSED_STREAM). */
    REFUSED,
    /** A timer of ours fired. */
    TIMEOUT,
    /** The peer broke the protocol, or says we did. */
    PROTOCOL,
    /** A limit against abuse was reached (ENHANCE_YOUR_CALM). */
    FLOOD,
    /** Policy says that the stream must not go on. */
    POLICY,
    /** The process, or the pod, goes away. */
    DRAIN,
    /** A mistake of ours. */
    INTERNAL
  }

  public static Abort of(Reason reason, String detail) {
    return new Abort(reason, detail);
  }
}
