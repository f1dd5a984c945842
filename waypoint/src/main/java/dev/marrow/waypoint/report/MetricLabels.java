package dev.marrow.waypoint.report;

import dev.marrow.mesh.workload.Labels;
import dev.marrow.mesh.workload.Workload;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Labels as Prometheus writes them, with the names Istio gives them. Confined to whoever made it.
 */
final class MetricLabels {
  private final StringBuilder out = new StringBuilder(512);
  private final Set<String> without;

  /**
   * @param without names that are left out: they are removed, or told by somebody else
   */
  MetricLabels(Set<String> without) {
    this.without = without;
  }

  static String of(ConnectionReport r) {
    MetricLabels labels = new MetricLabels(Set.of());
    labels.label("reporter", "waypoint");
    labels.end("source", r.source());
    labels.label("source_principal", spiffe(r.principal()));
    Workload to = r.destination();
    labels.end("destination", to);
    labels.label("destination_principal", to == null ? "unknown" : to.identity().toString());
    String[] parts = r.serviceHost().split("\\.", 3);
    labels.service(r.serviceHost(), parts[0], parts.length > 1 ? parts[1] : "unknown");
    labels.label("request_protocol", "tcp");
    labels.label("response_flags", "-");
    labels.security(r.principal());
    return labels.text();
  }

  String text() {
    return out.toString();
  }

  static String spiffe(String principal) {
    return principal.isEmpty() ? "unknown" : "spiffe://" + principal;
  }

  void service(String host, String name, String namespace) {
    label("destination_service", host);
    label("destination_service_name", name);
    label("destination_service_namespace", namespace);
  }

  void security(String principal) {
    label("connection_security_policy", principal.isEmpty() ? "none" : "mutual_tls");
  }

  void end(String side, @Nullable Workload workload) {
    if (workload == null) {
      end(side, new String[] {"unknown", "unknown", "unknown", "latest", "unknown"});
      return;
    }
    Labels labels = workload.labels();
    end(
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
  private void end(String side, String[] values) {
    label(side + "_workload", known(values[0]));
    label(side + "_workload_namespace", known(values[1]));
    label(side + "_canonical_service", known(values[2]));
    label(side + "_canonical_revision", values[3].isEmpty() ? "latest" : values[3]);
    label(side + "_app", known(values[2]));
    label(side + "_version", known(values[3]));
    label(side + "_cluster", known(values[4]));
  }

  private static String known(String value) {
    return value.isEmpty() ? "unknown" : value;
  }

  void label(String name, String value) {
    if (!without.contains(name)) {
      out.append(out.isEmpty() ? "" : ",");
      append(out, name, value);
    }
  }

  static void append(StringBuilder out, String name, String value) {
    out.append(name).append("=\"");
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
