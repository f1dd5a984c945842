package dev.marrow.waypoint.report;

import dev.marrow.mesh.workload.Workload;
import org.jspecify.annotations.Nullable;

/** How a line of the access log looks; the fields are explained in docs/waypoint-reports.md. */
public enum AccessFormat {
  /** As Envoy's in Istio: {@code [time] "GET / HTTP/1.1" 200 - via_upstream …}. */
  TEXT {
    @Override
    void request(LogText out, RequestReport r) {
      out.raw('[').time(r.startMillis()).raw("] \"").quoted(r.method()).raw(' ');
      out.quoted(r.path()).raw(' ').raw(r.protocol()).raw("\" ").number(r.status()).raw(' ');
      out.raw(r.flagText()).raw(' ').word(r.detail()).raw(" \"-\" ");
      out.number(r.received()).raw(' ').number(r.sent()).raw(' ');
      out.number(r.durationNanos() / 1_000_000).raw(' ');
      upstreamTime(out, r).raw(" \"-\" \"").quoted(r.userAgent()).raw("\" \"");
      out.quoted(r.requestId()).raw("\" \"").quoted(r.authority()).raw("\" \"");
      out.raw(r.upstreamAddress()).raw("\" ").word(r.serviceHost()).raw(' ');
      out.raw(r.downstreamAddress());
      ends(out, r.principal(), r.source(), r.destination());
      out.raw(" route=\"").quoted(r.route()).raw("\" phase=").raw(r.phase());
      if (r.grpc()) {
        out.raw(" grpc=").number(r.grpcStatus());
      }
      out.raw('\n');
    }

    @Override
    void connection(LogText out, ConnectionReport r) {
      out.raw('[').time(r.start().toEpochMilli()).raw("] \"- - -\" 0 - ").word(r.outcome());
      out.raw(" \"-\" ").number(r.received()).raw(' ').number(r.sent()).raw(' ');
      out.number(r.durationNanos() / 1_000_000).raw(" - \"-\" \"-\" \"-\" \"-\" \"");
      out.raw(r.upstreamAddress()).raw("\" ").word(r.serviceHost()).raw(' ');
      out.raw(r.downstreamAddress());
      ends(out, r.principal(), r.source(), r.destination());
      out.raw('\n');
    }

    private static LogText upstreamTime(LogText out, RequestReport r) {
      return r.upstreamNanos() < 0 ? out.raw('-') : out.number(r.upstreamNanos() / 1_000_000);
    }

    private static void ends(
        LogText out, String principal, @Nullable Workload source, @Nullable Workload destination) {
      out.raw(" src.identity=\"");
      if (principal.isEmpty()) {
        out.raw('-');
      } else {
        out.raw("spiffe://").quoted(principal);
      }
      workload(out.raw("\" src.workload=\""), source);
      workload(out.raw("\" dst.workload=\""), destination);
      out.raw('"');
    }
  },
  /** One object per line, with the names that Envoy's JSON has in Istio. */
  JSON {
    @Override
    void request(LogText out, RequestReport r) {
      out.raw("{\"start_time\":\"").time(r.startMillis()).raw('"');
      text(out, "method", r.method());
      text(out, "path", r.path());
      text(out, "protocol", r.protocol());
      number(out, "response_code", r.status());
      text(out, "response_flags", r.flagText());
      text(out, "response_code_details", r.detail());
      number(out, "bytes_received", r.received());
      number(out, "bytes_sent", r.sent());
      number(out, "duration", r.durationNanos() / 1_000_000);
      if (r.upstreamNanos() >= 0) {
        number(out, "upstream_service_time", r.upstreamNanos() / 1_000_000);
      }
      text(out, "user_agent", r.userAgent());
      text(out, "request_id", r.requestId());
      text(out, "authority", r.authority());
      text(out, "upstream_host", r.upstreamAddress());
      text(out, "upstream_cluster", r.serviceHost());
      text(out, "downstream_remote_address", r.downstreamAddress());
      text(out, "route_name", r.route());
      text(out, "phase", r.phase());
      ends(out, r.principal(), r.source(), r.destination());
      if (r.grpc()) {
        number(out, "grpc_status_number", r.grpcStatus());
      }
      if (r.trace().present()) {
        text(out, "trace_id", r.trace().traceId());
      }
      out.raw("}\n");
    }

    @Override
    void connection(LogText out, ConnectionReport r) {
      out.raw("{\"start_time\":\"").time(r.start().toEpochMilli()).raw('"');
      text(out, "protocol", "TCP");
      text(out, "outcome", r.outcome());
      number(out, "bytes_received", r.received());
      number(out, "bytes_sent", r.sent());
      number(out, "duration", r.durationNanos() / 1_000_000);
      text(out, "upstream_host", r.upstreamAddress());
      text(out, "upstream_cluster", r.serviceHost());
      text(out, "downstream_remote_address", r.downstreamAddress());
      ends(out, r.principal(), r.source(), r.destination());
      out.raw("}\n");
    }

    private static void ends(
        LogText out, String principal, @Nullable Workload source, @Nullable Workload destination) {
      text(out, "source_principal", principal);
      workload(out.raw(",\"source_workload\":\""), source);
      workload(out.raw("\",\"destination_workload\":\""), destination);
      out.raw('"');
    }
  };

  abstract void request(LogText out, RequestReport report);

  abstract void connection(LogText out, ConnectionReport report);

  private static void workload(LogText out, @Nullable Workload workload) {
    if (workload == null) {
      out.raw('-');
    } else {
      out.quoted(workload.namespace()).raw('/').quoted(workload.name());
    }
  }

  private static void text(LogText out, String name, String value) {
    out.raw(",\"").raw(name).raw("\":\"").quoted(value).raw('"');
  }

  private static void number(LogText out, String name, long value) {
    out.raw(",\"").raw(name).raw("\":").number(value);
  }
}
