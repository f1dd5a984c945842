package dev.marrow.ztunnel.proxy;

import dev.marrow.hbone.Baggage;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.ztunnel.report.Party;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Workloads as reports show them and as they introduce themselves. */
final class Parties {
  private Parties() {}

  /** A workload that has not proven who it is. */
  static Party of(Workload workload) {
    return of(workload, "");
  }

  /** A workload as the other end of a connection: whom we expect there, proven or not. */
  static Party expected(Workload workload) {
    return of(workload, workload.identity().toString());
  }

  private static Party of(Workload workload, String principal) {
    return new Party(
        true,
        workload.labels().workloadName(),
        workload.namespace(),
        workload.labels().canonicalName(),
        workload.labels().canonicalRevision(),
        workload.labels().canonicalName(),
        workload.cluster(),
        workload.place().locality().region(),
        workload.place().locality().zone(),
        workload.name(),
        principal);
  }

  /** What a peer said about itself, for a peer the mesh does not know. */
  static Party of(Baggage baggage) {
    String name = baggage.workloadName().orElse("");
    return new Party(
        !baggage.entries().isEmpty(),
        name,
        baggage.entry(Baggage.NAMESPACE).orElse(""),
        baggage.entry(Baggage.SERVICE).orElse(""),
        baggage.entry(Baggage.VERSION).orElse(""),
        baggage.entry(Baggage.SERVICE).orElse(""),
        baggage.entry(Baggage.CLUSTER).orElse(""),
        baggage.entry(Baggage.REGION).orElse(""),
        baggage.entry(Baggage.ZONE).orElse(""),
        "",
        "");
  }

  /** What {@code workload} says about itself to its peers; empty values are left out. */
  static Baggage baggage(Workload workload) {
    var entries = new LinkedHashMap<String, String>();
    put(entries, Baggage.CLUSTER, workload.cluster());
    put(entries, Baggage.NAMESPACE, workload.namespace());
    String kind = workload.labels().workloadType().name().toLowerCase(Locale.ROOT);
    put(entries, "k8s." + kind + ".name", workload.labels().workloadName());
    put(entries, Baggage.SERVICE, workload.labels().canonicalName());
    put(entries, Baggage.VERSION, workload.labels().canonicalRevision());
    put(entries, Baggage.REGION, workload.place().locality().region());
    put(entries, Baggage.ZONE, workload.place().locality().zone());
    return new Baggage(entries);
  }

  private static void put(Map<String, String> entries, String name, String value) {
    if (!value.isEmpty()) {
      entries.put(name, value);
    }
  }
}
