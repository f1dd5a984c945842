package dev.marrow.mesh.balance;

import dev.marrow.mesh.workload.Place;
import dev.marrow.mesh.workload.Service;
import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;

/**
 * What an endpoint is wanted for.
 *
 * @param port the service's port
 * @param source where the client is
 * @param requested the address the client asked for: if it is one of the chosen workload's it is
 *     used, else its family is preferred
 * @param tried uids of workloads that were tried in vain, for a retry at connect time
 */
public record BalanceRequest(
    Service service, int port, Place source, Requested requested, Set<String> tried) {
  public BalanceRequest {
    tried = Set.copyOf(tried);
  }

  /** A first attempt, for traffic to {@code address}. */
  public static BalanceRequest to(Service service, int port, Place source, InetAddress address) {
    return new BalanceRequest(service, port, source, new Requested.Address(address), Set.of());
  }

  /** A first attempt, for traffic to a name. */
  public static BalanceRequest to(Service service, int port, Place source) {
    return new BalanceRequest(service, port, source, new Requested.Name(), Set.of());
  }

  /** The same, without {@code workload}. */
  public BalanceRequest without(String workload) {
    Set<String> more = new java.util.HashSet<>(tried);
    more.add(workload);
    return new BalanceRequest(service, port, source, requested, more);
  }

  /** What the client asked for. */
  public sealed interface Requested {
    /** An address. */
    record Address(InetAddress address) implements Requested {}

    /** A name, which says nothing about a family. */
    record Name() implements Requested {}

    /** The address, if one was asked for. */
    default Optional<InetAddress> asAddress() {
      return this instanceof Address(InetAddress address) ? Optional.of(address) : Optional.empty();
    }
  }
}
