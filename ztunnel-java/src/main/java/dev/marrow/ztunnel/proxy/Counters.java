package dev.marrow.ztunnel.proxy;

import dev.marrow.http.h2.ErrorCode;
import dev.marrow.http.h2.Limit;
import dev.marrow.ztunnel.report.Metrics;
import java.util.concurrent.atomic.LongAdder;

/** What the data path counts beside traffic. Thread-safe. */
public record Counters(
    Metrics metrics,
    LongAdder tooMany,
    LongAdder earlyDenied,
    LongAdder malformed,
    LongAdder retries,
    LongAdder cutByPolicy,
    LongAdder abandoned,
    LongAdder queuePauses,
    LongAdder resolved,
    LongAdder revokedClients,
    LongAdder revokedServers) {

  public Counters(Metrics metrics) {
    this(
        metrics,
        metrics.counter(
            "marrow_connections_over_limit_total", "connections refused, their pod has too many"),
        metrics.counter(
            "marrow_early_denied_total", "connections whose own workload did not become known"),
        metrics.counter("marrow_connect_malformed_total", "CONNECT requests of a wrong form"),
        metrics.counter("marrow_dial_retries_total", "dials of another endpoint before any byte"),
        metrics.counter("marrow_policy_cuts_total", "connections cut by a change of policy"),
        metrics.counter(
            "marrow_abandoned_dials_total", "clients that went away while we were dialling"),
        metrics.counter(
            "marrow_queue_pauses_total", "reads that wait: too many bytes are held in memory"),
        metrics.counter("istio_on_demand_dns_total", "host names resolved to reach a workload"),
        revoked(metrics, "destination"),
        revoked(metrics, "source"));
  }

  /** A connection to 15008 ended before a tunnel; {@code reason} as in the log. */
  void handshakeFailed(String reason) {
    metrics
        .counter(
            "marrow_handshake_failures_total",
            "connections to 15008 that ended before a tunnel",
            "reason",
            reason)
        .increment();
  }

  /** A tunnel connection reached a limit against abuse. */
  void limited(Limit limit) {
    metrics
        .counter(
            "marrow_tunnel_limit_total",
            "tunnel connections that reached a limit",
            "limit",
            limit.name())
        .increment();
  }

  /** A tunnel connection ended because HTTP/2 was broken. */
  void http2Failed(ErrorCode code) {
    metrics
        .counter(
            "marrow_tunnel_errors_total",
            "tunnel connections that ended with an error of HTTP/2",
            "code",
            code.name())
        .increment();
  }

  private static LongAdder revoked(Metrics metrics, String reporter) {
    return metrics.counter(
        "istio_crl_policy_rejections_total",
        "connections refused or ended because the peer's certificate is revoked",
        "reporter",
        reporter);
  }
}
