package dev.marrow.http.h1;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;

/** Reads {@code :status}. */
final class Statuses {
  /** No trailers. */
  static final Headers NONE = new Headers(1, 0);

  private Statuses() {}

  static int of(Headers headers) {
    int index = headers.find(HeaderName.STATUS);
    long status =
        index < 0
            ? -1
            : Framing.digits(
                headers.array(), headers.valueStart(index), headers.valueLength(index));
    if (status < 100 || status > 999) {
      throw new IllegalArgumentException(":status: " + status + " (expected: 100 to 999)");
    }
    return (int) status;
  }
}
