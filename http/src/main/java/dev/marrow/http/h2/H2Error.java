package dev.marrow.http.h2;

import org.jspecify.annotations.Nullable;

/**
 * A peer's mistake, on its way from where it was seen to where frames are read. Without a stack
 * trace, since peers make many. Stream 0 is the connection (RFC 9113 §5.4).
 */
final class H2Error extends Exception {
  private static final long serialVersionUID = 1;

  private final ErrorCode code;
  private final int stream;
  private @Nullable Limit limit;

  private H2Error(ErrorCode code, int stream, String detail) {
    super(detail, null, false, false);
    this.code = code;
    this.stream = stream;
  }

  /** A limit against abuse was reached; the connection ends with ENHANCE_YOUR_CALM. */
  static H2Error flood(Limit limit) {
    var error = new H2Error(ErrorCode.ENHANCE_YOUR_CALM, 0, "limit reached: " + limit);
    error.limit = limit;
    return error;
  }

  static H2Error connection(ErrorCode code, String detail) {
    return new H2Error(code, 0, detail);
  }

  static H2Error stream(int stream, ErrorCode code, String detail) {
    return new H2Error(code, stream, detail);
  }

  @Nullable Limit limit() {
    return limit;
  }

  ErrorCode code() {
    return code;
  }

  int stream() {
    return stream;
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
