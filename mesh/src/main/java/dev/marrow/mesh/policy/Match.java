package dev.marrow.mesh.policy;

import dev.marrow.mesh.workload.Cidr;

/**
 * Conditions that must all hold. One that asks for nothing never matches.
 *
 * @param namespaces of the peer's identity; "" where it has none
 * @param principals the peer's identity without {@code spiffe://}
 * @param sources the TCP peer's address
 * @param destinations the application's address
 * @param ports the application's port, after the service port was resolved
 * @param accounts the peer's namespace and service account
 */
public record Match(
    Criterion<StringMatch> namespaces,
    Criterion<StringMatch> principals,
    Criterion<Cidr> sources,
    Criterion<Cidr> destinations,
    Criterion<Integer> ports,
    Criterion<AccountMatch> accounts) {

  /** Whether every condition holds for {@code facts}. */
  public boolean matches(ConnectionFacts facts) {
    Peer peer = facts.peer();
    return !asksForNothing()
        && namespaces.holds(value -> value.matches(peer.namespace()))
        && principals.holds(value -> peer.verified() && value.matches(peer.principal()))
        && sources.holds(block -> block.contains(facts.source()))
        && destinations.holds(block -> block.contains(facts.destination()))
        && ports.holds(port -> port == facts.port())
        && accounts.holds(account -> peer.is(account.namespace(), account.serviceAccount()));
  }

  private boolean asksForNothing() {
    return namespaces.isUnset()
        && principals.isUnset()
        && sources.isUnset()
        && destinations.isUnset()
        && ports.isUnset()
        && accounts.isUnset();
  }
}
