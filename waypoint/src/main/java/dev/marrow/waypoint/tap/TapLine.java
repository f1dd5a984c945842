package dev.marrow.waypoint.tap;

import dev.marrow.http.Headers;
import dev.marrow.waypoint.report.RequestReport;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;

/** One request as a line of JSON. Values that let somebody act as the client are not shown. */
final class TapLine {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_HEADERS = 64;
  private static final int MOST_CHARACTERS = 512;

  /** Names, and endings of names, whose values are secret. */
  private static final Set<String> SECRET =
      Set.of("authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key");

  private static final List<String> SECRET_ENDINGS = List.of("-token", "-secret", "-password");

  private TapLine() {}

  static String of(RequestReport r, Headers request, @Nullable Headers response) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("time", Instant.ofEpochMilli(r.startMillis()).toString());
    line.put("method", r.method());
    line.put("path", r.path());
    line.put("authority", r.authority());
    line.put("protocol", r.protocol());
    line.put("status", r.status());
    if (r.grpc()) {
      line.put("grpcStatus", r.grpcStatus());
    }
    line.put("flags", r.flagText());
    line.put("detail", r.detail());
    line.put("durationMillis", r.durationNanos() / 1000 / 1000.0);
    line.put("requestBytes", r.received());
    line.put("responseBytes", r.sent());
    line.put("route", r.route());
    line.put("service", r.serviceHost());
    line.put("source", r.principal().isEmpty() ? "" : "spiffe://" + r.principal());
    line.put("client", r.downstreamAddress());
    line.put("endpoint", r.upstreamAddress());
    line.put("traceId", r.trace().traceId());
    line.put("requestHeaders", headers(request));
    line.put("responseHeaders", response == null ? List.of() : headers(response));
    return JSON.writeValueAsString(line);
  }

  private static List<String> headers(Headers headers) {
    return java.util.stream.IntStream.range(0, Math.min(headers.size(), MOST_HEADERS))
        .mapToObj(i -> headers.name(i) + ": " + value(headers, i))
        .toList();
  }

  private static String value(Headers headers, int i) {
    String name = headers.name(i);
    boolean secret =
        headers.sensitive(i)
            || SECRET.contains(name)
            || SECRET_ENDINGS.stream().anyMatch(name::endsWith);
    String value = secret ? "[redacted]" : headers.value(i);
    return value.length() > MOST_CHARACTERS ? value.substring(0, MOST_CHARACTERS) + "…" : value;
  }
}
