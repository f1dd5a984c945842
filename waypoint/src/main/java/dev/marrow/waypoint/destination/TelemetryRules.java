package dev.marrow.waypoint.destination;

import java.util.Map;

/** What is logged, counted and traced. */
public record TelemetryRules(
    LogFilter log, Map<String, String> metricTags, double samplingPercent, boolean tracing) {
  public static final TelemetryRules STANDARD =
      new TelemetryRules(new LogFilter.All(), Map.of(), 1, true);

  public TelemetryRules {
    metricTags = Map.copyOf(metricTags);
  }

  /** Which requests get a line. */
  public sealed interface LogFilter {
    record All() implements LogFilter {}

    record None() implements LogFilter {}

    /** Statuses from {@code least} on, and requests that failed without one. */
    record AtLeast(int least) implements LogFilter {}

    default boolean admits(int status) {
      return switch (this) {
        case All all -> true;
        case None none -> false;
        case AtLeast atLeast -> status == 0 || status >= atLeast.least();
      };
    }
  }
}
