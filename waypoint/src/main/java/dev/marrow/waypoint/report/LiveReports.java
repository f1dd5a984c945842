package dev.marrow.waypoint.report;

import dev.marrow.http.Headers;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Counts, logs, traces and shows what happened on one event loop, and is confined to it. */
public final class LiveReports implements Reports {
  private final EventLoop loop;
  private final Metrics metrics;
  private final LogLines lines;
  private final Consumer<RequestReport> spans;
  private final Onlookers onlookers;

  /**
   * @param spans takes the requests that are sampled; never blocks
   */
  public LiveReports(
      EventLoop loop,
      Metrics metrics,
      AccessLog log,
      Consumer<RequestReport> spans,
      Onlookers onlookers) {
    this.loop = loop;
    this.metrics = metrics;
    this.lines = new LogLines(loop, log);
    this.spans = spans;
    this.onlookers = onlookers;
  }

  @Override
  public void onRequest(RequestReport report) {
    metrics.count(report);
    if (report.telemetry().log().admits(report.status())) {
      lines.add(report);
    }
    if (report.trace().sampled() && report.telemetry().spans()) {
      spans.accept(report);
    }
  }

  @Override
  public boolean tapped() {
    return onlookers.active();
  }

  @Override
  public void onTapped(RequestReport report, Headers request, @Nullable Headers response) {
    onlookers.show(report, request, response);
  }

  @Override
  public void onOpened(ConnectionReport begun) {
    metrics.opened(begun);
  }

  @Override
  public void onConnection(ConnectionReport report) {
    metrics.count(report);
    lines.add(report);
  }

  @Override
  public void onWatched(String policy) {
    metrics.count("marrow_waypoint_policy_watched_total{policy=\"" + policy + "\"}");
  }

  @Override
  public void onRefused(String fault, ConnectionReport report) {
    onMalformed(fault);
    lines.add(report);
  }

  @Override
  public void onMalformed(String fault) {
    metrics.count("marrow_waypoint_malformed_total{reason=\"" + fault + "\"}");
  }

  /** Hands over what is not written yet. Thread-safe; returns when it is done. */
  public void flush() {
    loop.submit(lines::give).awaitUninterruptibly(1, TimeUnit.SECONDS);
  }
}
