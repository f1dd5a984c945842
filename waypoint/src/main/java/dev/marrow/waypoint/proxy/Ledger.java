package dev.marrow.waypoint.proxy;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.waypoint.destination.TelemetryRules;
import dev.marrow.waypoint.report.Flag;
import dev.marrow.waypoint.report.RequestReport;
import dev.marrow.waypoint.report.Trace;
import dev.marrow.waypoint.route.RequestTexts;
import dev.marrow.waypoint.route.Rule;
import dev.marrow.waypoint.upstream.Upstream;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes down what happens to one exchange, and reports it at the end. Confined to its loop. */
final class Ledger {
  private static final HeaderName GRPC_STATUS = HeaderName.of("grpc-status");
  private static final HeaderName USER_AGENT = HeaderName.of("user-agent");
  private static final Set<Flag> NO_FLAGS = Set.of();

  private final Worker worker;
  private final Lookup lookup;
  private final Client client;
  private final Headers request;
  private final boolean http2;
  private final long startMillis = System.currentTimeMillis();
  private final long startNanos = System.nanoTime();
  private Set<Flag> flags = NO_FLAGS;
  private String method = "";
  private String path = "";
  private String authority = "";
  private String detail = "via_upstream";
  private String route = "";
  private String upstream = "-";
  private Site.@Nullable Bound site;
  private @Nullable Workload destination;
  private int status;
  private int grpcStatus = -1;
  private long received;
  private long sent;
  private long upstreamStart;
  private long upstreamNanos = -1;
  private boolean grpc;
  private @Nullable Headers response;
  private Trace trace = Trace.NONE;

  Ledger(Worker worker, Lookup lookup, Headers request, boolean http2) {
    this.worker = worker;
    this.lookup = lookup;
    this.client = lookup.client();
    this.request = request;
    this.http2 = http2;
  }

  boolean http2() {
    return http2;
  }

  /** What the client asked for, before anything is rewritten. */
  void head(Headers head) {
    method = head.value(head.find(HeaderName.METHOD));
    path = RequestTexts.target(head);
    int index = head.find(HeaderName.AUTHORITY);
    authority = index < 0 ? "" : head.value(index);
    grpc = RequestHeads.grpc(head);
  }

  String method() {
    return method;
  }

  /** With its query. */
  String path() {
    return path;
  }

  String authority() {
    return authority;
  }

  void site(Site.Bound bound) {
    site = bound;
  }

  void rule(Rule rule) {
    route = worker.routeName(rule);
  }

  void trace(Trace own) {
    trace = own;
  }

  void flag(Flag flag) {
    if (flags == NO_FLAGS) {
      flags = EnumSet.of(flag);
    } else {
      flags.add(flag);
    }
  }

  void detail(String text) {
    detail = text;
  }

  void endpoint(Workload workload, Upstream to) {
    destination = workload;
    upstream = to.address();
    upstreamStart = System.nanoTime();
  }

  void responded(Headers head) {
    status = ResponseHeads.status(head);
    if (worker.reports().tapped()) {
      response = head.copy();
    }
    if (upstreamStart > 0) {
      upstreamNanos = System.nanoTime() - upstreamStart;
    }
    trailers(head);
  }

  void trailers(Headers trailers) {
    int index = trailers.find(GRPC_STATUS);
    if (index >= 0) {
      String text = trailers.value(index);
      grpcStatus = text.length() == 1 || text.length() == 2 ? parsed(text) : 2;
    }
  }

  private static int parsed(String text) {
    int value = 0;
    for (int i = 0; i < text.length(); i++) {
      value = value * 10 + Character.digit(text.charAt(i), 10);
    }
    return value < 0 ? 2 : value;
  }

  void received(long bytes) {
    received = bytes;
  }

  void sent(long bytes) {
    sent += bytes;
  }

  void close(Phase reached) {
    Site.Bound known = site;
    Service service = known == null ? null : Site.service(known.backend()).orElse(null);
    int userAgent = request.find(USER_AGENT);
    int id = request.find(RequestHeads.REQUEST_ID);
    RequestReport report =
        new RequestReport(
            startMillis,
            System.nanoTime() - startNanos,
            upstreamNanos,
            method,
            path,
            http2 ? "HTTP/2" : "HTTP/1.1",
            authority,
            userAgent < 0 ? "-" : request.value(userAgent),
            id < 0 ? "-" : request.value(id),
            status,
            grpcStatus,
            detail,
            flags,
            received,
            sent,
            upstream,
            client.address(),
            client.caller().principal(),
            route,
            service == null ? "unknown" : service.hostname(),
            service == null ? "unknown" : service.name(),
            service == null ? "unknown" : service.namespace(),
            reached.name(),
            grpc,
            lookup.source(),
            destination,
            known == null ? TelemetryRules.STANDARD : known.destination().telemetry(),
            trace);
    worker.reports().onRequest(report);
    if (worker.reports().tapped()) {
      worker.reports().onTapped(report, request, response);
    }
  }
}
