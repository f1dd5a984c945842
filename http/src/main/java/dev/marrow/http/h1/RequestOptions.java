package dev.marrow.http.h1;

import dev.marrow.http.Headers;

/** What a request's head says about the connection and about how to go on. */
final class RequestOptions {
  private RequestOptions() {}

  /** RFC 9112 §9.3. */
  static boolean keepAlive(Headers headers, boolean http10) {
    if (HopByHop.connectionHas(headers, "close")) {
      return false;
    }
    return !http10 || HopByHop.connectionHas(headers, "keep-alive");
  }

  /**
   * RFC 9110 §10.1.1: any expectation but 100-continue is refused; one without a body means nothing
   * and is removed.
   */
  static HeadFault expectation(Headers headers, boolean hasBody) {
    int expect = headers.find(Names.EXPECT);
    if (expect < 0) {
      return HeadFault.NONE;
    }
    if (!headers.value(expect).equalsIgnoreCase("100-continue")) {
      return HeadFault.BAD_EXPECTATION;
    }
    if (!hasBody) {
      headers.removeAt(expect);
    }
    return HeadFault.NONE;
  }
}
