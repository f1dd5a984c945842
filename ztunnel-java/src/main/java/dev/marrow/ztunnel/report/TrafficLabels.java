package dev.marrow.ztunnel.report;

import java.util.ArrayList;
import java.util.List;

/** What a traffic series is counted under. */
record TrafficLabels(
    Reporter reporter,
    Party source,
    Party destination,
    ServiceName service,
    String flags,
    boolean mutualTls) {

  // By hand, both: a key is made for each connection, and what a record has by itself goes through
  // thirty method handles, which is slow until the last compiler has seen it.

  @Override
  public int hashCode() {
    int hash = flags.hashCode();
    hash = 31 * hash + reporter.ordinal();
    hash = 31 * hash + source.pod().hashCode();
    hash = 31 * hash + source.workload().hashCode();
    hash = 31 * hash + destination.pod().hashCode();
    hash = 31 * hash + destination.workload().hashCode();
    return 31 * hash + service.host().hashCode();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TrafficLabels that
        && reporter == that.reporter
        && mutualTls == that.mutualTls
        && flags.equals(that.flags)
        && service.equals(that.service)
        && source.equals(that.source)
        && destination.equals(that.destination);
  }

  /** The same for connections that end so. */
  TrafficLabels flagged(Flag flag) {
    return new TrafficLabels(reporter, source, destination, service, flag.text(), mutualTls);
  }

  /** The labels in the contract's order. */
  String text() {
    var pairs = new ArrayList<String>(56);
    pairs.addAll(List.of("reporter", reporter.text()));
    party(pairs, "source", source);
    pairs.addAll(
        List.of(
            "destination_service", service.host(),
            "destination_service_namespace", service.namespace(),
            "destination_service_name", service.name()));
    party(pairs, "destination", destination);
    pairs.addAll(
        List.of(
            "request_protocol",
            "tcp",
            "response_flags",
            flags,
            "connection_security_policy",
            mutualTls ? "mutual_tls" : "unknown"));
    if (source.known() || destination.known()) {
      pairs.addAll(
          List.of(
              "source_region", source.region(),
              "source_zone", source.zone(),
              "destination_region", destination.region(),
              "destination_zone", destination.zone()));
    }
    return Exposition.labels(pairs);
  }

  private static void party(List<String> pairs, String side, Party party) {
    add(pairs, side, "_workload", party.workload());
    add(pairs, side, "_canonical_service", party.canonicalName());
    add(pairs, side, "_canonical_revision", party.canonicalRevision());
    add(pairs, side, "_workload_namespace", party.namespace());
    add(pairs, side, "_principal", party.principal());
    add(pairs, side, "_app", party.app());
    add(pairs, side, "_version", party.canonicalRevision());
    add(pairs, side, "_cluster", party.cluster());
  }

  private static void add(List<String> pairs, String side, String label, String value) {
    pairs.add(side + label);
    pairs.add(value);
  }
}
