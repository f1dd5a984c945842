package dev.marrow.waypoint.proxy;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.random.RandomGenerator;

/** Translates the opening of a WebSocket between HTTP/1 (RFC 6455 §4) and HTTP/2 (RFC 8441 §5). */
final class WebSockets {
  private static final HeaderName KEY = HeaderName.of("sec-websocket-key");
  private static final HeaderName ACCEPT = HeaderName.of("sec-websocket-accept");
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private WebSockets() {}

  static String key(RandomGenerator random) {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  static String accept(String key) {
    try {
      byte[] text = (key + GUID).getBytes(StandardCharsets.ISO_8859_1);
      byte[] hash = MessageDigest.getInstance("SHA-1").digest(text);
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-1: none (expected: in every Java)", e);
    }
  }

  /** Whether {@code status} is the endpoint's yes. */
  static boolean agreed(int status, boolean upHttp2) {
    return upHttp2 ? status / 100 == 2 : status == 101;
  }

  /** Gives the endpoint's yes the form that the client's protocol has for it. */
  static void translate(Headers response, Headers request, boolean upHttp2, boolean downHttp2) {
    if (upHttp2 == downHttp2) {
      return;
    }
    Headers before = response.copy();
    response.clear();
    response.add(HeaderName.STATUS, downHttp2 ? "200" : "101");
    for (int i = 1; i < before.size(); i++) {
      response.add(before, i);
    }
    if (downHttp2) {
      response.remove(ACCEPT);
    } else {
      request.first(KEY).ifPresent(key -> response.set(ACCEPT, accept(key)));
    }
  }
}
