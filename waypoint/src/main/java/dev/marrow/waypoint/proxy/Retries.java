package dev.marrow.waypoint.proxy;

import dev.marrow.http.Abort;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.waypoint.route.Retry;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Decides whether a request is tried again. Pure, but for chance. */
final class Retries {
  private static final Set<String> IDEMPOTENT =
      Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");
  private static final HeaderName GRPC_STATUS = HeaderName.of("grpc-status");

  private Retries() {}

  /**
   * The stream ended without a response. What the endpoint has certainly not worked on may be sent
   * again; what it may have worked on only if doing it twice is doing it once (RFC 9110 §9.2.2).
   */
  static boolean afterReset(Retry retry, Abort why, boolean sent, Headers request) {
    Set<Retry.Condition> conditions = retry.conditions();
    if (why.reason() == Abort.Reason.REFUSED) {
      return conditions.contains(Retry.Condition.REFUSED_STREAM)
          || conditions.contains(Retry.Condition.RESET);
    }
    if (!sent) {
      return conditions.contains(Retry.Condition.CONNECT_FAILURE);
    }
    boolean wanted =
        conditions.contains(Retry.Condition.RESET)
            || conditions.contains(Retry.Condition.SERVER_ERROR)
            || conditions.contains(Retry.Condition.GATEWAY_ERROR)
            || conditions.contains(Retry.Condition.CONNECT_FAILURE)
                && why.reason() == Abort.Reason.CONNECTION_LOST;
    return wanted && idempotent(request);
  }

  private static boolean idempotent(Headers request) {
    return IDEMPOTENT.contains(request.value(request.find(HeaderName.METHOD)));
  }

  /** The endpoint answered, and the rule names that answer. */
  static boolean afterResponse(Retry retry, Headers response) {
    if (retry.attempts() == 0) {
      return false;
    }
    int status = ResponseHeads.status(response);
    int grpc = response.find(GRPC_STATUS);
    if (status < 400 && grpc < 0) {
      return false;
    }
    Set<Retry.Condition> conditions = retry.conditions();
    if (retry.codes().contains(status)
        || status >= 500 && conditions.contains(Retry.Condition.SERVER_ERROR)
        || status >= 502 && status <= 504 && conditions.contains(Retry.Condition.GATEWAY_ERROR)
        || status == 409 && conditions.contains(Retry.Condition.RETRIABLE_4XX)) {
      return true;
    }
    return grpc >= 0 && afterGrpc(conditions, response.value(grpc));
  }

  private static boolean afterGrpc(Set<Retry.Condition> conditions, String status) {
    return switch (status) {
      case "1" -> conditions.contains(Retry.Condition.GRPC_CANCELLED);
      case "4" -> conditions.contains(Retry.Condition.GRPC_DEADLINE_EXCEEDED);
      case "8" -> conditions.contains(Retry.Condition.GRPC_RESOURCE_EXHAUSTED);
      case "13" -> conditions.contains(Retry.Condition.GRPC_INTERNAL);
      case "14" -> conditions.contains(Retry.Condition.GRPC_UNAVAILABLE);
      default -> false;
    };
  }

  /** Doubles with each retry up to ten times the first wait, and is anything between 0 and that. */
  static long backoffNanos(Retry retry, int retries, RandomGenerator random) {
    long base = Math.max(retry.backoff().toNanos(), 1);
    long most = Math.min(base << Math.min(retries, 16), base * 10);
    return random.nextLong(most + 1);
  }
}
