package dev.marrow.resources;

/** Leaves the reading of a file; never seen outside this package. */
final class Unreadable extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int line;
  private final String reason;

  Unreadable(int line, String reason) {
    super(reason, null, false, false);
    this.line = line;
    this.reason = reason;
  }

  int line() {
    return line;
  }

  String reason() {
    return reason;
  }
}
