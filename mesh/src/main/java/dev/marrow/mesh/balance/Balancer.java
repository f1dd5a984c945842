package dev.marrow.mesh.balance;

import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.Service;
import java.util.random.RandomGenerator;

/**
 * Picks an endpoint of a service. Pure, but for the random numbers.
 *
 * <p>Candidates are healthy (or the service allows all), map the port, and have an address, a name
 * or a gateway. STRICT keeps those that match every preference; FAILOVER ranks by the number of
 * leading preferences matched and uses the best rank that has anybody left. Within a rank the
 * choice is random by capacity. Workloads that are ejected are used only if nobody else is left in
 * any rank.
 */
public final class Balancer {
  private Balancer() {}

  /** Picks an endpoint. */
  public static Pick pick(
      MeshView view, BalanceRequest request, Ejections ejections, RandomGenerator random) {
    throw new UnsupportedOperationException();
  }

  /**
   * The waypoint for one connection to {@code service}: one of the weighted ones by weight, or the
   * plain one if all weights are zero, or {@link GatewayAddress#NONE}.
   */
  public static GatewayAddress waypoint(Service service, RandomGenerator random) {
    throw new UnsupportedOperationException();
  }
}
