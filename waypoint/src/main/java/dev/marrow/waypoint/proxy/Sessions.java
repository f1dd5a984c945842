package dev.marrow.waypoint.proxy;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.waypoint.filter.Cookies;
import dev.marrow.waypoint.route.Session;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;

/** Binds clients to workloads by a cookie or a header that names the workload. */
final class Sessions {
  private static final HeaderName COOKIE = HeaderName.of("cookie");
  private static final HeaderName SET_COOKIE = HeaderName.of("set-cookie");

  private Sessions() {}

  /** The uid of the workload; "" without a session, or with one that is over at {@code now}. */
  static String read(Session session, Headers request, Instant now) {
    String value =
        session.header()
            ? request.first(HeaderName.of(session.name())).orElse("")
            : Cookies.value(request, COOKIE, session.name()).orElse("");
    try {
      String text = new String(Base64.getUrlDecoder().decode(value), StandardCharsets.UTF_8);
      int line = text.indexOf('\n');
      boolean over = line >= 0 && Long.parseLong(text.substring(line + 1)) <= now.getEpochSecond();
      return over ? "" : line < 0 ? text : text.substring(0, line);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  /** {@code before} is what was read: who has it need not be told again. */
  static void write(Session session, Headers response, String uid, String before, Instant now) {
    if (uid.equals(before)) {
      return;
    }
    String end =
        session.absolute().isZero() ? "" : "\n" + now.plus(session.absolute()).getEpochSecond();
    String value =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString((uid + end).getBytes(StandardCharsets.UTF_8));
    if (session.header()) {
      response.set(HeaderName.of(session.name()), value);
      return;
    }
    boolean ages = session.permanent() && !session.absolute().isZero();
    String age = ages ? "; Max-Age=" + session.absolute().toSeconds() : "";
    response.add(SET_COOKIE, session.name() + "=" + value + "; Path=/; HttpOnly" + age);
  }
}
