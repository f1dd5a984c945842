package dev.marrow.http.h1;

/**
 * Why a head or a body's framing was refused: the status for the sender and the name for the log.
 */
public enum HeadFault {
  NONE(200),
  /** A line feed without a carriage return (RFC 9112 §2.2 lets us refuse it). */
  BARE_LINE_FEED(400),
  BAD_REQUEST_LINE(400),
  BAD_STATUS_LINE(502),
  BAD_METHOD(400),
  METHOD_TOO_LONG(501),
  BAD_TARGET(400),
  TARGET_TOO_LONG(414),
  BAD_VERSION(400),
  VERSION_NOT_SUPPORTED(505),
  /** Also white space in front of the colon (RFC 9112 §5.1). */
  BAD_FIELD_NAME(400),
  /** A control character in a value (RFC 9110 §5.5). */
  BAD_FIELD_VALUE(400),
  /**
   * A line that begins with white space: obs-fold, or a field in front of the first (RFC 9112
   * §5.2).
   */
  FOLDED_LINE(400),
  HEAD_TOO_LARGE(431),
  TOO_MANY_FIELDS(431),
  NO_HOST(400),
  SEVERAL_HOSTS(400),
  BAD_HOST(400),
  /** Not digits only, a list, repeated, or beyond 2^63 (RFC 9112 §6.3). */
  BAD_CONTENT_LENGTH(400),
  LENGTH_AND_TRANSFER_ENCODING(400),
  /** Transfer-Encoding from an HTTP/1.0 sender (RFC 9112 §6.1). */
  TRANSFER_ENCODING_IN_HTTP_1_0(400),
  BAD_TRANSFER_ENCODING(400),
  UNKNOWN_TRANSFER_CODING(501),
  BAD_CHUNK(400),
  CHUNK_TOO_LARGE(400),
  CHUNK_LINE_TOO_LONG(400),
  BAD_EXPECTATION(417),
  HEAD_TIMEOUT(408);

  private final int status;

  HeadFault(int status) {
    this.status = status;
  }

  /** The status for a request; a response with any fault is answered by 502. */
  public int status() {
    return status;
  }
}
