package dev.marrow.waypoint.report;

import dev.marrow.waypoint.destination.TelemetryRules.MetricTag;
import java.util.TreeMap;

/** The labels that a Telemetry object asks for. */
final class MetricTags {
  private MetricTags() {}

  /** To be put behind the standard labels; "" in the usual case. */
  static String of(RequestReport report) {
    if (report.telemetry().metricTags().isEmpty()) {
      return "";
    }
    StringBuilder out = new StringBuilder();
    new TreeMap<>(report.telemetry().metricTags())
        .forEach((name, tag) -> {
          if (!(tag instanceof MetricTag.Removed)) {
            out.append(',');
            MetricLabels.append(out, name, value(tag, report));
          }
        });
    return out.toString();
  }

  private static String value(MetricTag tag, RequestReport report) {
    return switch (tag) {
      case MetricTag.Literal literal -> literal.text();
      case MetricTag.Removed removed -> "";
      case MetricTag.Attribute.HOST -> report.authority();
      case MetricTag.Attribute.METHOD -> report.method();
      case MetricTag.Attribute.PROTOCOL -> report.grpc() ? "grpc" : "http";
    };
  }
}
