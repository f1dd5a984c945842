package dev.marrow.ztunnel.report;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Marker;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Brings the lines of libraries (SLF4J and java.util.logging) into our log. A logging framework
 * would cost a tenth of a second at start and its appenders may block.
 */
public final class LogBinding implements SLF4JServiceProvider {
  private static final String OURS = "dev.marrow.";
  // SLF4J creates its provider by reflection: there is no constructor to hand the log to.
  private static volatile @Nullable Logs bound;

  private final IMarkerFactory markers = new BasicMarkerFactory();

  /** Sends what libraries log to {@code logs}; to be called before the first of them is loaded. */
  public static void install(Logs logs) {
    bound = logs;
    System.setProperty("slf4j.provider", LogBinding.class.getName());
    System.setProperty("slf4j.internal.verbosity", "WARN");
    Logger root = Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    root.addHandler(new FromJavaLogging(logs));
  }

  /** {@code dev.marrow.hbone.TunnelPool} is the scope {@code hbone::TunnelPool}. */
  static String scopeOf(String logger) {
    String own = logger.startsWith(OURS) ? logger.substring(OURS.length()) : logger;
    return own.replace(".", "::");
  }

  @Override
  public ILoggerFactory getLoggerFactory() {
    Logs logs = bound;
    if (logs == null) {
      throw new IllegalStateException("log: not installed (expected: LogBinding.install first)");
    }
    var loggers = new java.util.concurrent.ConcurrentHashMap<String, org.slf4j.Logger>();
    return name -> loggers.computeIfAbsent(name, n -> new FromSlf4j(logs.scope(scopeOf(n)), n));
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return new NOPMDCAdapter();
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0.99";
  }

  @Override
  public void initialize() {
    // Nothing to prepare: install has been called.
  }

  private static List<Object> fieldsOf(@Nullable Throwable thrown) {
    if (thrown == null) {
      return List.of();
    }
    var text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return List.of("error", text.toString());
  }

  private static final class FromSlf4j extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1;
    private final transient Log log;

    FromSlf4j(Log log, String name) {
      this.log = log;
      this.name = name;
    }

    @Override
    public boolean isTraceEnabled() {
      return log.shows(LogLevel.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
      return log.shows(LogLevel.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
      return log.shows(LogLevel.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
      return log.shows(LogLevel.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
      return log.shows(LogLevel.ERROR);
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
      return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
        org.slf4j.event.Level level,
        @Nullable Marker marker,
        String message,
        Object @Nullable [] arguments,
        @Nullable Throwable thrown) {
      String text = MessageFormatter.basicArrayFormat(message, arguments);
      log.write(LogLevel.valueOf(level.name()), text, fieldsOf(thrown));
    }
  }

  private static final class FromJavaLogging extends Handler {
    private final Logs logs;

    FromJavaLogging(Logs logs) {
      this.logs = logs;
    }

    @Override
    public void publish(LogRecord entry) {
      String name = entry.getLoggerName() == null ? "java" : entry.getLoggerName();
      Log log = logs.scope(scopeOf(name));
      LogLevel level = levelOf(entry.getLevel());
      if (log.shows(level)) {
        String text = new java.util.logging.SimpleFormatter().formatMessage(entry);
        log.write(level, text, fieldsOf(entry.getThrown()));
      }
    }

    private static LogLevel levelOf(Level level) {
      int value = level.intValue();
      if (value >= Level.SEVERE.intValue()) {
        return LogLevel.ERROR;
      }
      if (value >= Level.WARNING.intValue()) {
        return LogLevel.WARN;
      }
      return value >= Level.INFO.intValue() ? LogLevel.INFO : LogLevel.DEBUG;
    }

    @Override
    public void flush() {
      // The sink writes on its own.
    }

    @Override
    public void close() {
      // The sink is closed by its owner.
    }
  }
}
