package dev.marrow.waypoint.route;

import java.time.Duration;
import java.util.Set;

/**
 * When a request is sent again.
 *
 * @param attempts further ones after the first
 * @param codes statuses that are worth another attempt
 * @param backoff before the first of them, doubled each time, with jitter
 * @param perTry how long one attempt may take to its response head; zero: no limit of its own
 */
public record Retry(
    int attempts,
    Set<Integer> codes,
    Duration backoff,
    Duration perTry,
    Set<Condition> conditions) {
  /** Failures that are worth another attempt. */
  public enum Condition {
    CONNECT_FAILURE("connect-failure"),
    REFUSED_STREAM("refused-stream"),
    RESET("reset"),
    /** Before a byte of the request was sent. */
    RESET_BEFORE_REQUEST("reset-before-request"),
    GATEWAY_ERROR("gateway-error"),
    SERVER_ERROR("5xx"),
    RETRIABLE_4XX("retriable-4xx"),
    RETRIABLE_STATUS_CODES("retriable-status-codes"),
    GRPC_UNAVAILABLE("unavailable"),
    GRPC_CANCELLED("cancelled"),
    GRPC_DEADLINE_EXCEEDED("deadline-exceeded"),
    GRPC_INTERNAL("internal"),
    GRPC_RESOURCE_EXHAUSTED("resource-exhausted");

    private final String text;

    Condition(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }

    public static Condition parse(String text) {
      for (Condition condition : values()) {
        if (condition.text.equals(text)) {
          return condition;
        }
      }
      throw new IllegalArgumentException("retry condition: '" + text + "' (expected: a known one)");
    }
  }

  /** What holds where nobody says otherwise: what cannot have had an effect is tried again. */
  public static final Retry STANDARD =
      new Retry(
          2,
          Set.of(),
          Duration.ofMillis(25),
          Duration.ZERO,
          Set.of(
              Condition.CONNECT_FAILURE,
              Condition.REFUSED_STREAM,
              Condition.GRPC_UNAVAILABLE,
              Condition.GRPC_CANCELLED));

  public static final Retry NEVER =
      new Retry(0, Set.of(), Duration.ofMillis(25), Duration.ZERO, Set.of());

  public Retry {
    codes = Set.copyOf(codes);
    conditions = Set.copyOf(conditions);
    if (attempts < 0 || attempts > 100) {
      throw new IllegalArgumentException("attempts: " + attempts + " (expected: 0 to 100)");
    }
  }
}
