package dev.marrow.mesh.balance;

import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.workload.Endpoint;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.LoadBalancing;
import dev.marrow.mesh.workload.Place;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.WeightedWaypoint;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

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
    Service service = request.service();
    if (service.balancing().mode() == LoadBalancing.Mode.PASSTHROUGH) {
      return new Pick.Passthrough();
    }
    Ranking ranking =
        view.allEndpoints(service.key()).ranking(request.source(), service.balancing());
    Endpoint found =
        find(ranking, e -> fresh(request, e) && !ejections.ejected(e.workload()), random);
    if (found == null) {
      found = find(ranking, e -> fresh(request, e), random);
    }
    return found == null ? nobody(ranking, request) : chosen(found, request);
  }

  /**
   * The endpoints of a service in tiers of equal rank, best first, for those who choose among them
   * in another way. The lists stay the same objects as long as the endpoints and the place do.
   */
  public static List<List<Endpoint>> tiers(
      MeshView view, ServiceKey service, Place source, LoadBalancing balancing) {
    return view.allEndpoints(service).ranking(source, balancing).tiers().stream()
        .map(Tier::endpoints)
        .toList();
  }

  /** How an endpoint that was chosen among {@link #tiers} is reached. */
  public static Pick.Chosen at(Endpoint endpoint, BalanceRequest request) {
    return chosen(endpoint, request);
  }

  private static @Nullable Endpoint find(
      Ranking ranking, Predicate<Endpoint> willDo, RandomGenerator random) {
    for (Tier tier : ranking.tiers()) {
      Endpoint endpoint = tier.pick(willDo, random);
      if (endpoint != null) {
        return endpoint;
      }
    }
    return null;
  }

  private static boolean fresh(BalanceRequest request, Endpoint endpoint) {
    return port(request, endpoint) != 0 && !request.tried().contains(endpoint.workload().uid());
  }

  /** The endpoint's own target port, else the service's; 0 if neither maps the port. */
  private static int port(BalanceRequest request, Endpoint endpoint) {
    int own = endpoint.ports().target(request.port());
    return own != 0 ? own : request.service().ports().target(request.port());
  }

  private static Pick.Chosen chosen(Endpoint endpoint, BalanceRequest request) {
    Pick.Target target =
        Targets.target(
            endpoint.workload(),
            request.source(),
            request.service().ipFamilies(),
            request.requested());
    return new Pick.Chosen(endpoint, target, port(request, endpoint));
  }

  private static Pick.Nobody nobody(Ranking ranking, BalanceRequest request) {
    if (ranking.tiers().isEmpty()) {
      return new Pick.Nobody(ranking.reason());
    }
    boolean mapped = ranking.tiers().stream().anyMatch(t -> t.any(e -> port(request, e) != 0));
    return new Pick.Nobody(mapped ? Pick.Reason.ALL_TRIED : Pick.Reason.NO_SUCH_PORT);
  }

  /**
   * The waypoint for one connection to {@code service}: one of the weighted ones by weight, or the
   * plain one if all weights are zero, or {@link GatewayAddress#NONE}.
   */
  public static GatewayAddress waypoint(Service service, RandomGenerator random) {
    List<WeightedWaypoint> weighted = service.weightedWaypoints();
    long sum = 0;
    for (WeightedWaypoint waypoint : weighted) {
      sum += waypoint.weight();
    }
    if (sum == 0) {
      return service.waypoint();
    }
    long ticket = random.nextLong(sum);
    int index = 0;
    while (ticket >= weighted.get(index).weight()) {
      ticket -= weighted.get(index).weight();
      index++;
    }
    return weighted.get(index).destination();
  }
}
