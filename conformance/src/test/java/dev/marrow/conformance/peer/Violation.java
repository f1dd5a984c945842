package dev.marrow.conformance.peer;

import dev.marrow.conformance.wire.ErrorCode;

/** The client broke a rule: an error of one stream, or of the connection when stream is 0. */
final class Violation extends Exception {
  private static final long serialVersionUID = 1L;
  private final int stream;
  private final ErrorCode code;

  Violation(int stream, ErrorCode code) {
    super(code.name());
    this.stream = stream;
    this.code = code;
  }

  int stream() {
    return stream;
  }

  ErrorCode code() {
    return code;
  }
}
