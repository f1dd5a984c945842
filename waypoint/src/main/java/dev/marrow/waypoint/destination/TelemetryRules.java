package dev.marrow.waypoint.destination;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * What is logged, counted and traced.
 *
 * @param metricTags labels of metrics beside or instead of the standard ones
 * @param sampling percent of the traces that begin here; none: what the settings say
 * @param spans whether spans are reported; headers are passed on in any case
 * @param traceTags further attributes of spans
 */
public record TelemetryRules(
    LogFilter log,
    Map<String, MetricTag> metricTags,
    OptionalDouble sampling,
    boolean spans,
    Map<String, String> traceTags) {
  public static final TelemetryRules STANDARD =
      new TelemetryRules(new LogFilter.All(), Map.of(), OptionalDouble.empty(), true, Map.of());

  public TelemetryRules {
    metricTags = Map.copyOf(metricTags);
    traceTags = Map.copyOf(traceTags);
  }

  /** Where the value of a label comes from. */
  public sealed interface MetricTag {
    record Literal(String text) implements MetricTag {}

    /** Of the request. */
    enum Attribute implements MetricTag {
      HOST,
      METHOD,
      PROTOCOL
    }

    /** The label is left out. */
    record Removed() implements MetricTag {}
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
