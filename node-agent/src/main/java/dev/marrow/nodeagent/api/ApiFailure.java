package dev.marrow.nodeagent.api;

import java.io.IOException;

/** The API server said no; {@link #status} is HTTP's. */
public final class ApiFailure extends IOException {
  private static final long serialVersionUID = 1L;

  private final int status;

  ApiFailure(String request, int status, String reason) {
    super("%s: %d %s".formatted(request, status, reason));
    this.status = status;
  }

  public int status() {
    return status;
  }

  public boolean notFound() {
    return status == 404;
  }

  /** The version to go on from is too old: list again. */
  public boolean gone() {
    return status == 410;
  }
}
