package dev.marrow.ztunnel.report;

import java.util.Arrays;
import java.util.List;

/** The log of one scope. Thread-safe, never blocks. */
public final class Log {
  private final Logs logs;
  private final String scope;
  private volatile LogLevel level = LogLevel.OFF;
  private volatile int seen = -1;

  Log(Logs logs, String scope) {
    this.logs = logs;
    this.scope = scope;
  }

  /** Whether lines of {@code asked} are shown; cheap enough to ask once per connection. */
  public boolean shows(LogLevel asked) {
    int generation = logs.generation();
    if (seen != generation) {
      level = logs.filter().of(scope);
      seen = generation;
    }
    return asked.compareTo(level) <= 0;
  }

  public void error(String message, Object... fields) {
    write(LogLevel.ERROR, message, fields);
  }

  public void warn(String message, Object... fields) {
    write(LogLevel.WARN, message, fields);
  }

  public void info(String message, Object... fields) {
    write(LogLevel.INFO, message, fields);
  }

  public void debug(String message, Object... fields) {
    write(LogLevel.DEBUG, message, fields);
  }

  /** Writes a line with fields in turn name and value, if the level is shown. */
  public void write(LogLevel at, String message, Object... fields) {
    if (shows(at)) {
      logs.write(at, scope, message, Arrays.asList(fields));
    }
  }

  /** Writes a line whose fields are already a list; the list is not copied. */
  void write(LogLevel at, String message, List<Object> fields) {
    if (shows(at)) {
      logs.write(at, scope, message, fields);
    }
  }
}
