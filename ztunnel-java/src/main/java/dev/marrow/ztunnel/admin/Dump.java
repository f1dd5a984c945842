package dev.marrow.ztunnel.admin;

import dev.marrow.identity.CertificateSource;
import dev.marrow.identity.SpiffeId;
import dev.marrow.mesh.MeshSource;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.ztunnel.proxy.PodName;
import dev.marrow.ztunnel.proxy.Pods;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The whole of {@code /config_dump}.
 *
 * @param version what this build calls itself
 * @param config the settings in force, by name
 */
public record Dump(
    MeshSource mesh,
    CertificateSource certificates,
    Pods pods,
    String version,
    Supplier<Map<String, Object>> config) {

  Map<String, Object> tree() {
    MeshView view = mesh.current();
    List<Pods.Dump> running = pods.dump();
    var identities = new LinkedHashSet<SpiffeId>();
    running.forEach(p -> p.name().in(view).map(Workload::identity).ifPresent(identities::add));
    var out = new LinkedHashMap<String, Object>();
    out.put("workloads", ConfigDump.workloads(view));
    out.put("services", ConfigDump.services(view));
    out.put("policies", PolicyDump.policies(view));
    out.put("certificates", CertificateDump.certificates(certificates, identities));
    out.put("workloadState", states(running));
    var staged = new TreeMap<String, Object>();
    view.stagedServices().forEach(name -> staged.put(name.toString(), Map.of()));
    out.put("stagedServices", staged);
    out.put("version", Map.of("version", version));
    out.put("config", new TreeMap<>(config.get()));
    return out;
  }

  private static Map<String, Object> states(List<Pods.Dump> running) {
    var out = new TreeMap<String, Object>();
    running.forEach(pod -> out.put(pod.uid(), state(pod)));
    return out;
  }

  private static Object state(Pods.Dump pod) {
    var out = new LinkedHashMap<String, Object>();
    out.put("state", pod.known() ? "Up" : "Pending");
    var connections = new LinkedHashMap<String, Object>();
    connections.put("inbound", connections(pod, true));
    connections.put("outbound", connections(pod, false));
    out.put("connections", connections);
    PodName name = pod.name();
    var names = new LinkedHashMap<String, Object>();
    names.put("name", name.name());
    names.put("namespace", name.namespace());
    names.put("serviceAccount", name.serviceAccount());
    out.put("info", names);
    return out;
  }

  private static List<Object> connections(Pods.Dump pod, boolean inbound) {
    return pod.connections().stream()
        .filter(c -> c.inbound() == inbound)
        .<Object>map(c -> {
          var out = new LinkedHashMap<String, Object>();
          out.put("src", c.source());
          out.put("originalDst", c.originalDestination());
          out.put("actualDst", c.actualDestination());
          out.put("protocol", c.protocol());
          return out;
        })
        .toList();
  }
}
