package dev.marrow.http.h1;

import dev.marrow.http.Headers;
import java.util.Locale;

/** Which upgrade a request asks for (RFC 9110 §7.8). */
final class Upgrades {
  private Upgrades() {}

  /**
   * The protocol, in lower case, or empty. Only WebSocket goes on: {@code h2c} would open a way
   * around everything that looks at requests (RFC 9113 §3.1 has withdrawn it), and a request with a
   * body has no defined place where the new protocol begins.
   */
  static String requested(Headers headers, RequestReader request) {
    int upgrade = headers.find(Names.UPGRADE);
    if (upgrade < 0
        || request.http10()
        || request.body() != 0
        || !headers.valueIs(0, "GET")
        || !HopByHop.connectionHas(headers, "upgrade")) {
      return "";
    }
    String protocol = headers.value(upgrade).strip().toLowerCase(Locale.ROOT);
    return protocol.equals("websocket") ? protocol : "";
  }
}
