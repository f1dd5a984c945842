package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.Fields;
import dev.marrow.proto.waypoint.RetryPolicy;
import dev.marrow.proto.waypoint.SessionPersistence;
import dev.marrow.proto.waypoint.Timeouts;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Reads timeouts, retries and session persistence of route rules. */
final class HttpExtras {
  private static final int MOST_ATTEMPTS = 100;

  private HttpExtras() {}

  static Timeouts timeouts(Fields timeouts) {
    Timeouts.Builder builder = Timeouts.newBuilder();
    timeouts.duration("request").map(Protos::duration).ifPresent(builder::setRequest);
    timeouts.duration("backendRequest").map(Protos::duration).ifPresent(builder::setBackendRequest);
    return builder.build();
  }

  static RetryPolicy retry(Fields retry) {
    RetryPolicy.Builder builder =
        RetryPolicy.newBuilder().setAttempts(retry.number("attempts", 2, 0, MOST_ATTEMPTS));
    for (JsonNode code : retry.raw("codes")) {
      int status = code.asInt(0);
      if (status < 400 || status > 599) {
        retry.reject("codes", code + " (expected: 400 to 599)");
      }
      builder.addCodes(status);
    }
    retry.duration("backoff").map(Protos::duration).ifPresent(builder::setBackoff);
    return builder.build();
  }

  static SessionPersistence session(Fields session) {
    SessionPersistence.Builder builder =
        SessionPersistence.newBuilder()
            .setHeader(session.choice("type", Map.of("Cookie", false, "Header", true), false))
            .setName(session.text("sessionName", ""));
    session
        .duration("absoluteTimeout")
        .map(Protos::duration)
        .ifPresent(builder::setAbsoluteTimeout);
    if (session.has("idleTimeout")) {
      session.reject("idleTimeout", "is not supported (expected: absoluteTimeout, or none)");
      session.ignore("idleTimeout");
    }
    session
        .optional("cookieConfig")
        .map(c -> c.choice("lifetimeType", Map.of("Session", false, "Permanent", true), false))
        .ifPresent(builder::setPermanentCookie);
    return builder.build();
  }
}
