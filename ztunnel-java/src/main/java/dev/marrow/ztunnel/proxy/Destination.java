package dev.marrow.ztunnel.proxy;

import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.ztunnel.report.Party;
import dev.marrow.ztunnel.report.ServiceName;

/**
 * Whom a connection reaches, as far as reports and retries need it.
 *
 * @param uid of the workload that is dialled; empty for an address nobody knows
 */
record Destination(String uid, Party party, ServiceName service) {
  static final Destination UNKNOWN = new Destination("", Party.UNKNOWN, ServiceName.NONE);

  static Destination of(Workload workload) {
    return new Destination(workload.uid(), Parties.expected(workload), ServiceName.NONE);
  }

  static Destination of(Service service) {
    return UNKNOWN.through(service);
  }

  /** The same, proven to be {@code identity}. */
  Destination as(String identity) {
    return new Destination(uid, party.as(identity), service);
  }

  /** Whether it was chosen among several. */
  boolean balanced() {
    return !service.host().isEmpty();
  }

  /** The same, addressed through {@code service}. */
  Destination through(Service by) {
    return new Destination(uid, party, new ServiceName(by.hostname(), by.namespace(), by.name()));
  }
}
