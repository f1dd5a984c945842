package dev.marrow.ztunnel.admin;

import dev.marrow.ztunnel.report.Logs;
import dev.marrow.ztunnel.report.Metrics;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executor;

/** The three ports that are not for traffic: admin, metrics, readiness. */
public record AdminServers(PageServer admin, PageServer metrics, PageServer readiness)
    implements AutoCloseable {
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  /** Opens the readiness port: on the event loops, so that it fails when they are stuck. */
  public static PageServer readiness(EventLoopGroup group, InetSocketAddress at, Readiness tasks)
      throws IOException {
    return PageServer.open(
        group,
        at,
        Runnable::run,
        query -> query.path().equals("/healthz/ready") ? tasks.page() : Page.notFound());
  }

  /** Opens the metrics port. */
  public static PageServer metrics(EventLoopGroup group, InetSocketAddress at, Metrics metrics)
      throws IOException {
    return PageServer.open(group, at, waiting("metrics"), query -> metricsPage(metrics, query));
  }

  /** Opens the admin port. */
  public static PageServer admin(
      EventLoopGroup group, InetSocketAddress at, Dump dump, Logs logs, Runnable quit)
      throws IOException {
    return PageServer.open(group, at, waiting("admin"), new AdminPages(dump::tree, logs, quit));
  }

  private static Page metricsPage(Metrics metrics, Query query) {
    boolean ours = List.of("/metrics", "/stats/prometheus").contains(query.path());
    if (!ours) {
      return Page.notFound();
    }
    boolean open = query.accept().contains("application/openmetrics-text");
    return new Page(
        200,
        open ? OPEN_METRICS : PROMETHEUS,
        metrics.text(open).getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static Executor waiting(String name) {
    return task -> Thread.ofVirtual().name(name).start(task);
  }

  @Override
  public void close() {
    admin.close();
    metrics.close();
    readiness.close();
  }
}
