package dev.marrow.http;

import java.io.IOException;

/** The stream under a {@link StreamChannel} was reset. Without a stack trace: it is no bug. */
public final class StreamResetException extends IOException {
  private static final long serialVersionUID = 1;

  private final transient Abort abort;

  StreamResetException(Abort abort) {
    super(abort.detail());
    this.abort = abort;
  }

  public Abort abort() {
    return abort;
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
