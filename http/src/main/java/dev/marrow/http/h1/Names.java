package dev.marrow.http.h1;

import dev.marrow.http.HeaderName;

/** The fields that frame and steer an HTTP/1 message. */
final class Names {
  static final HeaderName EXPECT = HeaderName.of("expect");
  static final HeaderName KEEP_ALIVE = HeaderName.of("keep-alive");
  static final HeaderName UPGRADE = HeaderName.of("upgrade");
  static final HeaderName PROXY_CONNECTION = HeaderName.of("proxy-connection");
  static final HeaderName HTTP2_SETTINGS = HeaderName.of("http2-settings");
  static final HeaderName TRAILER = HeaderName.of("trailer");

  private Names() {}
}
