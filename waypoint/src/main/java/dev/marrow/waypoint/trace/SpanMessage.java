package dev.marrow.waypoint.trace;

import com.google.protobuf.ByteString;
import dev.marrow.waypoint.report.RequestReport;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.HexFormat;

/** A report as an OTLP span, with the attributes that Envoy's spans have in Istio. */
final class SpanMessage {
  private SpanMessage() {}

  static Span of(RequestReport r) {
    long start = r.startMillis() * 1_000_000;
    Span.Builder span =
        Span.newBuilder()
            .setTraceId(hex(r.trace().traceId()))
            .setSpanId(hex(r.trace().own().spanId()))
            .setParentSpanId(hex(r.trace().parentSpan()))
            .setName(r.serviceHost() + "/*")
            .setKind(Span.SpanKind.SPAN_KIND_SERVER)
            .setStartTimeUnixNano(start)
            .setEndTimeUnixNano(start + r.durationNanos());
    request(span, r);
    ends(span, r);
    r.telemetry().traceTags().forEach((name, value) -> text(span, name, value));
    if (r.status() == 0 || r.status() >= 500 || r.grpc() && r.grpcStatus() > 0) {
      span.setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR));
    }
    return span.build();
  }

  private static void request(Span.Builder span, RequestReport r) {
    text(span, "component", "proxy");
    text(span, "http.method", r.method());
    text(span, "http.url", "http://" + r.authority() + r.path());
    text(span, "http.protocol", r.protocol());
    text(span, "http.status_code", Integer.toString(r.status()));
    text(span, "user_agent", r.userAgent());
    text(span, "guid:x-request-id", r.requestId());
    text(span, "request_size", Long.toString(r.received()));
    text(span, "response_size", Long.toString(r.sent()));
    text(span, "response_flags", r.flagText());
    text(span, "response_code_details", r.detail());
    text(span, "route_name", r.route());
    if (r.grpc()) {
      text(span, "grpc.status_code", Integer.toString(r.grpcStatus()));
    }
  }

  private static void ends(Span.Builder span, RequestReport r) {
    text(span, "upstream_cluster.name", r.serviceHost());
    text(span, "upstream_address", r.upstreamAddress());
    text(span, "peer.address", r.downstreamAddress());
    text(span, "istio.source_principal", spiffe(r.principal()));
    var source = r.source();
    text(span, "istio.source_workload", source == null ? "unknown" : source.name());
    text(span, "istio.source_namespace", source == null ? "unknown" : source.namespace());
    var destination = r.destination();
    text(span, "istio.destination_workload", destination == null ? "unknown" : destination.name());
    text(span, "istio.destination_namespace", r.serviceNamespace());
  }

  private static String spiffe(String principal) {
    return principal.isEmpty() ? "unknown" : "spiffe://" + principal;
  }

  static KeyValue attribute(String name, String value) {
    return KeyValue.newBuilder()
        .setKey(name)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  private static void text(Span.Builder span, String name, String value) {
    span.addAttributes(attribute(name, value));
  }

  private static ByteString hex(String digits) {
    return ByteString.copyFrom(HexFormat.of().parseHex(digits));
  }
}
