package dev.marrow.waypoint.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.http.Headers;
import dev.marrow.waypoint.route.Session;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/**
 * How long a session lasts is written in it: no client can make it longer by keeping its cookie.
 */
class SessionTimeTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  @Test
  void aSessionEndsWithItsAbsoluteTimeout() {
    Session session = new Session(true, "x-session", Duration.ofMinutes(10), false);
    Headers response = new Headers();
    Sessions.write(session, response, "c//Pod/shop/a", "", NOON);
    Headers request = new Headers().add("x-session", response.value(0));

    assertThat(Sessions.read(session, request, NOON.plusSeconds(599))).isEqualTo("c//Pod/shop/a");
    assertThat(Sessions.read(session, request, NOON.plusSeconds(600))).isEmpty();
  }

  @Test
  void withoutATimeoutItLastsAsLongAsTheClientKeepsIt() {
    Session session = new Session(true, "x-session", Duration.ZERO, false);
    Headers response = new Headers();
    Sessions.write(session, response, "c//Pod/shop/a", "", NOON);
    Headers request = new Headers().add("x-session", response.value(0));

    assertThat(Sessions.read(session, request, NOON.plus(Duration.ofDays(99))))
        .isEqualTo("c//Pod/shop/a");
  }
}
