package dev.marrow.http.hpack;

/**
 * A header block that breaks RFC 7541; the connection cannot go on (RFC 9113 §4.3). Without a stack
 * trace: it is the peer's mistake, and it must stay cheap.
 */
public final class HpackException extends Exception {
  private static final long serialVersionUID = 1;

  HpackException(String message) {
    super(message, null, false, false);
  }
}
