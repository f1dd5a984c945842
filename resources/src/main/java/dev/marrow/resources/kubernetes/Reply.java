package dev.marrow.resources.kubernetes;

import java.time.Duration;
import tools.jackson.databind.JsonNode;

/**
 * What an API server answered.
 *
 * @param body the object, or the {@code Status} that says why not
 * @param retryAfter zero where the server did not ask for a pause
 */
public record Reply(int code, JsonNode body, Duration retryAfter) {
  public boolean ok() {
    return code >= 200 && code < 300;
  }

  public boolean notFound() {
    return code == 404;
  }

  /** Somebody else was first: the object is there already, or is another version. */
  public boolean conflict() {
    return code == 409;
  }

  /** The resource version or the page that was asked for is too old. */
  public boolean gone() {
    return code == 410;
  }

  /** True where the same request may be answered otherwise later, without anybody's doing. */
  public boolean passing() {
    return code == 408 || code == 429 || code >= 500;
  }

  /** For logs: the code, and the server's reason. */
  public String reason() {
    String message = body.path("message").stringValue("");
    return message.isEmpty() ? "HTTP " + code : "HTTP " + code + ": " + message;
  }
}
