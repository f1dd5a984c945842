package dev.marrow.waypoint.report;

import dev.marrow.mesh.workload.Workload;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How a line of the access log looks. */
public enum AccessFormat {
  /** As Envoy's in Istio: {@code [time] "GET / HTTP/1.1" 200 - via_upstream …}. */
  TEXT {
    @Override
    void request(StringBuilder out, RequestReport r) {
      out.append('[').append(time(r.start())).append("] \"").append(r.method()).append(' ');
      quoted(out, r.path());
      out.append(' ').append(r.protocol()).append("\" ").append(r.status()).append(' ');
      out.append(r.flagText()).append(' ');
      word(out, r.detail());
      out.append(" \"-\" ").append(r.received()).append(' ').append(r.sent()).append(' ');
      out.append(r.durationNanos() / 1_000_000).append(' ');
      out.append(r.upstreamNanos() < 0 ? "-" : Long.toString(r.upstreamNanos() / 1_000_000));
      out.append(" \"-\" \"");
      quoted(out, r.userAgent());
      out.append("\" \"");
      quoted(out, r.requestId());
      out.append("\" \"");
      quoted(out, r.authority());
      out.append("\" \"").append(r.upstreamAddress()).append("\" ").append(r.serviceHost());
      out.append(' ').append(r.downstreamAddress()).append(" src.identity=\"");
      out.append(r.principal().isEmpty() ? "-" : "spiffe://" + r.principal());
      out.append("\" src.workload=\"").append(workload(r.source()));
      out.append("\" dst.workload=\"").append(workload(r.destination()));
      out.append("\" route=\"").append(r.route()).append("\" phase=").append(r.phase());
      if (r.grpc()) {
        out.append(" grpc=").append(r.grpcStatus());
      }
      out.append('\n');
    }

    @Override
    void connection(StringBuilder out, ConnectionReport r) {
      out.append('[').append(time(r.start())).append("] \"- - -\" 0 ");
      word(out, r.outcome());
      out.append(" - \"-\" ").append(r.received()).append(' ').append(r.sent()).append(' ');
      out.append(r.durationNanos() / 1_000_000).append(" - \"-\" \"-\" \"-\" \"-\" \"");
      out.append(r.upstreamAddress()).append("\" ").append(r.serviceHost()).append(' ');
      out.append(r.downstreamAddress()).append(" src.identity=\"");
      out.append(r.principal().isEmpty() ? "-" : "spiffe://" + r.principal());
      out.append("\" src.workload=\"").append(workload(r.source()));
      out.append("\" dst.workload=\"").append(workload(r.destination())).append("\"\n");
    }
  },
  JSON {
    @Override
    void request(StringBuilder out, RequestReport r) {
      out.append("{\"start_time\":\"").append(time(r.start())).append('"');
      text(out, "method", r.method());
      text(out, "path", r.path());
      text(out, "protocol", r.protocol());
      number(out, "response_code", r.status());
      text(out, "response_flags", r.flagText());
      text(out, "response_code_details", r.detail());
      number(out, "bytes_received", r.received());
      number(out, "bytes_sent", r.sent());
      number(out, "duration", r.durationNanos() / 1_000_000);
      text(out, "user_agent", r.userAgent());
      text(out, "request_id", r.requestId());
      text(out, "authority", r.authority());
      text(out, "upstream_host", r.upstreamAddress());
      text(out, "upstream_cluster", r.serviceHost());
      text(out, "downstream_remote_address", r.downstreamAddress());
      text(out, "route_name", r.route());
      text(out, "phase", r.phase());
      text(out, "source_principal", r.principal());
      text(out, "source_workload", workload(r.source()));
      text(out, "destination_workload", workload(r.destination()));
      if (r.grpc()) {
        number(out, "grpc_status_number", r.grpcStatus());
      }
      out.append("}\n");
    }

    @Override
    void connection(StringBuilder out, ConnectionReport r) {
      out.append("{\"start_time\":\"").append(time(r.start())).append('"');
      text(out, "protocol", "TCP");
      text(out, "outcome", r.outcome());
      number(out, "bytes_received", r.received());
      number(out, "bytes_sent", r.sent());
      number(out, "duration", r.durationNanos() / 1_000_000);
      text(out, "upstream_host", r.upstreamAddress());
      text(out, "upstream_cluster", r.serviceHost());
      text(out, "downstream_remote_address", r.downstreamAddress());
      text(out, "source_principal", r.principal());
      out.append("}\n");
    }
  };

  abstract void request(StringBuilder out, RequestReport report);

  abstract void connection(StringBuilder out, ConnectionReport report);

  private static String time(Instant instant) {
    return instant.truncatedTo(java.time.temporal.ChronoUnit.MILLIS).toString();
  }

  private static String workload(@Nullable Workload workload) {
    return workload == null ? "-" : workload.namespace() + "/" + workload.name();
  }

  /** A peer's text must not end the line or the quotes. */
  private static void quoted(StringBuilder out, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || c == 0x7f) {
        out.append("\\u00")
            .append(Character.forDigit(c >> 4, 16))
            .append(Character.forDigit(c & 15, 16));
      } else {
        out.append(c);
      }
    }
  }

  private static void word(StringBuilder out, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.append(c <= 0x20 || c == '"' ? '_' : c);
    }
  }

  private static void text(StringBuilder out, String name, String value) {
    out.append(",\"").append(name).append("\":\"");
    quoted(out, value);
    out.append('"');
  }

  private static void number(StringBuilder out, String name, long value) {
    out.append(",\"").append(name).append("\":").append(value);
  }
}
