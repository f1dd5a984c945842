package dev.marrow.waypoint.report;

import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How the requests of one route's rule ended, by class of status. Thread-safe. */
final class RouteSeries {
  private static final String[] CLASSES = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};

  private final LongAdder[] counts = new LongAdder[CLASSES.length];

  RouteSeries() {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = new LongAdder();
    }
  }

  void count(int status) {
    counts[status < 100 || status > 599 ? 0 : status / 100].increment();
  }

  static void write(StringBuilder out, Map<String, RouteSeries> routes) {
    out.append("# TYPE marrow_waypoint_route_requests_total counter\n");
    routes.forEach((route, series) -> {
      for (int i = 0; i < CLASSES.length; i++) {
        long count = series.counts[i].sum();
        if (count > 0) {
          out.append("marrow_waypoint_route_requests_total{");
          MetricLabels.append(out, "route", route);
          out.append(",code_class=\"").append(CLASSES[i]).append("\"} ").append(count).append('\n');
        }
      }
    });
  }
}
