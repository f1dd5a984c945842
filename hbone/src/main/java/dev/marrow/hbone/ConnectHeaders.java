package dev.marrow.hbone;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;

/** Heads of CONNECT requests and their answers (RFC 9113 §8.5). */
final class ConnectHeaders {
  static final HeaderName BAGGAGE = HeaderName.of("baggage");
  static final HeaderName FORWARDED = HeaderName.of("forwarded");
  static final HeaderName TRACEPARENT = HeaderName.of("traceparent");
  static final Headers NONE = new Headers(1, 1);

  private ConnectHeaders() {}

  /** A response's head. */
  static Headers response(int status, Headers extra) {
    Headers headers = new Headers(4, 128).add(HeaderName.STATUS, Integer.toString(status));
    for (int i = 0; i < extra.size(); i++) {
      headers.add(extra, i);
    }
    return headers;
  }

  /** Fills {@code headers}, which is reused, with a request's head. */
  static void request(ConnectRequest request, Headers headers) {
    headers.clear();
    headers.add(HeaderName.METHOD, "CONNECT");
    headers.add(HeaderName.AUTHORITY, request.authority().text());
    if (!request.baggage().entries().isEmpty()) {
      headers.add(BAGGAGE, request.baggage().format());
    }
    if (request.forwarded().present()) {
      headers.add(FORWARDED, request.forwarded().format());
    }
    if (request.traceparent().present()) {
      headers.add(TRACEPARENT, request.traceparent().format());
    }
    request.extra().forEach(headers::add);
  }
}
