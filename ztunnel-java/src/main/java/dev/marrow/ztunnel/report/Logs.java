package dev.marrow.ztunnel.report;

import java.time.Clock;
import java.time.Instant;
import java.util.List;

/**
 * Hands out {@link Log}s of one sink and one filter, which can be changed at any time. Thread-safe.
 */
public final class Logs {
  private final LogSink sink;
  private final Clock clock;
  private final LogFilter initial;
  private volatile LogFilter filter;
  private volatile int generation;

  public Logs(LogSink sink, LogFilter filter, Clock clock) {
    this.sink = sink;
    this.clock = clock;
    this.initial = filter;
    this.filter = filter;
  }

  public Log scope(String scope) {
    return new Log(this, scope);
  }

  public LogFilter filter() {
    return filter;
  }

  /** The filter the program started with. */
  public LogFilter initialFilter() {
    return initial;
  }

  /** Changes what is shown from now on. */
  public synchronized void filter(LogFilter changed) {
    filter = changed;
    generation++;
  }

  int generation() {
    return generation;
  }

  void write(LogLevel level, String scope, String message, List<Object> fields) {
    sink.accept(new LogLine(now(), level, scope, message, fields));
  }

  private Instant now() {
    return clock.instant();
  }
}
