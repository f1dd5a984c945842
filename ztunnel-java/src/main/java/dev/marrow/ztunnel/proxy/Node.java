package dev.marrow.ztunnel.proxy;

import dev.marrow.hbone.PoolSettings;
import dev.marrow.hbone.ServerSettings;
import dev.marrow.mesh.MeshSource;
import dev.marrow.ztunnel.report.Log;
import dev.marrow.ztunnel.report.Reports;

/** What all workloads of this process share. Thread-safe. */
public record Node(
    MeshSource mesh,
    Identities identities,
    Reporting reporting,
    ProxyRules rules,
    TunnelRules tunnels,
    Resolver resolver,
    Neighbours neighbours,
    QueueBounds queues) {

  /** A node without pods yet. */
  public Node(
      MeshSource mesh,
      Identities identities,
      Reporting reporting,
      ProxyRules rules,
      TunnelRules tunnels,
      Resolver resolver) {
    this(
        mesh,
        identities,
        reporting,
        rules,
        tunnels,
        resolver,
        new Neighbours(),
        new QueueBounds(rules.queues(), reporting.counters()));
  }

  /** Bytes that connections hold in memory now, about. */
  public long queuedBytes() {
    return queues.held();
  }

  /** Where connections and events are reported. */
  public record Reporting(Reports reports, Counters counters, Log log, Log decisions) {}

  /** Both ends of tunnels. */
  public record TunnelRules(PoolSettings client, ServerSettings server) {}
}
