package dev.marrow.ztunnel.proxy;

import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.ztunnel.report.Party;
import dev.marrow.ztunnel.report.ServiceName;

/**
 * Whom a connection reaches, as far as reports and retries need it.
 *
 * @param uid of the workload that is dialled; empty for an address nobody knows
 * @param balanced whether it was chosen among several
 */
record Destination(String uid, Party party, ServiceName service, boolean balanced) {
  static final Destination UNKNOWN = new Destination("", Party.UNKNOWN, ServiceName.NONE, false);

  static Destination of(Workload workload) {
    return new Destination(workload.uid(), Parties.expected(workload), ServiceName.NONE, false);
  }

  static Destination of(Service service) {
    return UNKNOWN.through(service);
  }

  /** The same, proven to be {@code identity}. */
  Destination as(String identity) {
    return new Destination(uid, party.as(identity), service, balanced);
  }

  /** The same, addressed through {@code service}. */
  Destination through(Service by) {
    var name = new ServiceName(by.hostname(), by.namespace(), by.name());
    return new Destination(uid, party, name, true);
  }
}
