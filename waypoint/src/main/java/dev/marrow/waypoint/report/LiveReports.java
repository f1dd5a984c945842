package dev.marrow.waypoint.report;

/** Counts and logs what happened. Thread-safe. */
public final class LiveReports implements Reports {
  private final Metrics metrics;
  private final AccessLog log;

  public LiveReports(Metrics metrics, AccessLog log) {
    this.metrics = metrics;
    this.log = log;
  }

  @Override
  public void onRequest(RequestReport report) {
    metrics.count(report);
    if (report.telemetry().log().admits(report.status())) {
      log.add(report);
    }
  }

  @Override
  public void onConnection(ConnectionReport report) {
    metrics.count("istio_tcp_connections_closed_total{reporter=\"waypoint\"}");
    metrics.add("istio_tcp_received_bytes_total{reporter=\"waypoint\"}", report.received());
    metrics.add("istio_tcp_sent_bytes_total{reporter=\"waypoint\"}", report.sent());
    log.add(report);
  }

  @Override
  public void onWatched(String policy) {
    metrics.count("marrow_waypoint_policy_watched_total{policy=\"" + policy + "\"}");
  }

  @Override
  public void onMalformed(String fault) {
    metrics.count("marrow_waypoint_malformed_total{reason=\"" + fault + "\"}");
  }
}
