package dev.marrow.waypoint.report;

import dev.marrow.mesh.workload.Labels;
import dev.marrow.mesh.workload.Workload;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Istio's standard metrics, as a waypoint reports them: one series per request, with both ends.
 * Thread-safe; counting takes no lock and formats nothing.
 */
public final class Metrics {
  /** Labels change rarely and are many: whoever makes up more of them than this is not counted. */
  private static final int MOST_SERIES = 20_000;

  private record Key(
      String source,
      String destination,
      String serviceHost,
      String serviceName,
      String serviceNamespace,
      String sourcePrincipal,
      int status,
      int grpcStatus,
      String flags,
      boolean grpc,
      Ends ends) {}

  /** Compared by what the labels say, not by everything a workload is. */
  private record Ends(@Nullable Workload source, @Nullable Workload destination) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Ends;
    }

    @Override
    public int hashCode() {
      return 1;
    }
  }

  private final Map<Key, Series> requests = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> counters = new ConcurrentHashMap<>();

  void count(RequestReport r) {
    Key key =
        new Key(
            uid(r.source()),
            uid(r.destination()),
            r.serviceHost(),
            r.serviceName(),
            r.serviceNamespace(),
            r.principal(),
            r.status(),
            r.grpc() ? r.grpcStatus() : -1,
            r.flagText(),
            r.grpc(),
            new Ends(r.source(), r.destination()));
    Series series = requests.get(key);
    if (series == null) {
      if (requests.size() >= MOST_SERIES) {
        count("marrow_waypoint_metrics_dropped_total");
        return;
      }
      series = requests.computeIfAbsent(key, k -> new Series());
    }
    series.requests.increment();
    series.duration.add(r.durationNanos() / 1e6, r.durationNanos());
    series.requestBytes.add(r.received(), r.received());
    series.responseBytes.add(r.sent(), r.sent());
  }

  private static String uid(@Nullable Workload workload) {
    return workload == null ? "" : workload.uid();
  }

  /** Adds one to a counter by its name, labels included. */
  public void count(String name) {
    add(name, 1);
  }

  void add(String name, long amount) {
    counters.computeIfAbsent(name, n -> new LongAdder()).add(amount);
  }

  /** Prometheus's text format. */
  public String text() {
    StringBuilder out = new StringBuilder(4096);
    Map<String, Series> sorted = new TreeMap<>();
    requests.forEach((key, series) -> sorted.put(labels(key), series));
    out.append("# TYPE istio_requests_total counter\n");
    sorted.forEach((labels, s) ->
        out.append("istio_requests_total{")
            .append(labels)
            .append("} ")
            .append(s.requests.sum())
            .append('\n'));
    histogram(out, sorted, "istio_request_duration_milliseconds", s -> s.duration, 1e-6);
    histogram(out, sorted, "istio_request_bytes", s -> s.requestBytes, 1);
    histogram(out, sorted, "istio_response_bytes", s -> s.responseBytes, 1);
    String family = "";
    for (Map.Entry<String, LongAdder> entry : new TreeMap<>(counters).entrySet()) {
      String name = entry.getKey();
      String bare = name.indexOf('{') < 0 ? name : name.substring(0, name.indexOf('{'));
      if (!bare.equals(family)) {
        family = bare;
        out.append("# TYPE ").append(bare).append(" counter\n");
      }
      out.append(name).append(' ').append(entry.getValue().sum()).append('\n');
    }
    return out.toString();
  }

  private static void histogram(
      StringBuilder out,
      Map<String, Series> sorted,
      String name,
      java.util.function.Function<Series, Series.Histogram> part,
      double scale) {
    out.append("# TYPE ").append(name).append(" histogram\n");
    sorted.forEach((labels, series) -> part.apply(series).write(out, name, labels, scale));
  }

  private static String labels(Key key) {
    StringBuilder out = new StringBuilder(512);
    out.append("reporter=\"waypoint\"");
    end(out, "source", key.ends().source());
    label(out, "source_principal", spiffe(key.sourcePrincipal()));
    end(out, "destination", key.ends().destination());
    Workload to = key.ends().destination();
    label(out, "destination_principal", to == null ? "unknown" : to.identity().toString());
    label(out, "destination_service", key.serviceHost());
    label(out, "destination_service_name", key.serviceName());
    label(out, "destination_service_namespace", key.serviceNamespace());
    label(out, "request_protocol", key.grpc() ? "grpc" : "http");
    label(out, "response_code", Integer.toString(key.status()));
    if (key.grpc()) {
      label(out, "grpc_response_status", key.grpcStatus() < 0 ? "" : "" + key.grpcStatus());
    }
    label(out, "response_flags", key.flags());
    label(
        out, "connection_security_policy", key.sourcePrincipal().isEmpty() ? "none" : "mutual_tls");
    return out.toString();
  }

  private static String spiffe(String principal) {
    return principal.isEmpty() ? "unknown" : "spiffe://" + principal;
  }

  private static void end(StringBuilder out, String side, @Nullable Workload workload) {
    if (workload == null) {
      end(out, side, new String[] {"unknown", "unknown", "unknown", "latest", "unknown"});
      return;
    }
    Labels labels = workload.labels();
    end(
        out,
        side,
        new String[] {
          labels.workloadName(),
          workload.namespace(),
          labels.canonicalName(),
          labels.canonicalRevision(),
          workload.cluster()
        });
  }

  /** Name, namespace, canonical name, canonical revision, cluster. */
  private static void end(StringBuilder out, String side, String[] values) {
    label(out, side + "_workload", known(values[0]));
    label(out, side + "_workload_namespace", known(values[1]));
    label(out, side + "_canonical_service", known(values[2]));
    label(out, side + "_canonical_revision", values[3].isEmpty() ? "latest" : values[3]);
    label(out, side + "_app", known(values[2]));
    label(out, side + "_version", known(values[3]));
    label(out, side + "_cluster", known(values[4]));
  }

  private static String known(String value) {
    return value.isEmpty() ? "unknown" : value;
  }

  private static void label(StringBuilder out, String name, String value) {
    out.append(',').append(name).append("=\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else {
        out.append(c == '\n' ? ' ' : c);
      }
    }
    out.append('"');
  }
}
