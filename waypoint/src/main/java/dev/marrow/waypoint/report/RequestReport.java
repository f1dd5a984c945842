package dev.marrow.waypoint.report;

import dev.marrow.mesh.workload.Workload;
import dev.marrow.waypoint.destination.TelemetryRules;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request from beginning to end, as it is logged and counted.
 *
 * @param startMillis since 1970
 * @param status 0: no response was sent
 * @param detail Envoy's word for how the response came about
 * @param flags empty: all went well
 * @param source the client's workload; null if it is not known
 * @param destination the endpoint's; null if there was none
 */
public record RequestReport(
    long startMillis,
    long durationNanos,
    long upstreamNanos,
    String method,
    String path,
    String protocol,
    String authority,
    String userAgent,
    String requestId,
    int status,
    int grpcStatus,
    String detail,
    Set<Flag> flags,
    long received,
    long sent,
    String upstreamAddress,
    String downstreamAddress,
    String principal,
    String route,
    String serviceHost,
    String serviceName,
    String serviceNamespace,
    String phase,
    boolean grpc,
    @Nullable Workload source,
    @Nullable Workload destination,
    TelemetryRules telemetry,
    Trace trace) {

  /** Flags as Envoy writes them; a dash if there are none. */
  public String flagText() {
    if (flags.isEmpty()) {
      return "-";
    }
    StringBuilder text = new StringBuilder();
    for (Flag flag : flags) {
      text.append(text.isEmpty() ? "" : ",").append(flag.name());
    }
    return text.toString();
  }
}
