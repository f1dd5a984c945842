package dev.marrow.mesh.workload;

import dev.marrow.identity.SpiffeId;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;

/**
 * One pod, virtual machine, external endpoint or gateway, as the control plane describes it ({@code
 * istio.workload.Workload}).
 *
 * @param uid unique in the mesh, for example {@code Kubernetes//Pod/default/web-1}
 * @param addresses its own; empty where only {@code hostname} is known, or only a gateway
 * @param hostname resolved at connect time if there are no addresses; "" if there is none
 * @param nativeTunnel whether it speaks HBONE itself, without a node proxy
 * @param waypoint where traffic to this workload's address goes first
 * @param networkGateway the way into this workload's network for clients of another one
 * @param services the services it backs, with the ports it offers for each
 * @param policies {@code namespace/name} of each policy that selects this workload; one that nobody
 *     has heard of denies
 * @param capacity its share among the endpoints of a service; 0 is never chosen
 */
public record Workload(
    String uid,
    String name,
    Account account,
    Labels labels,
    Place place,
    List<InetAddress> addresses,
    String hostname,
    NetworkMode networkMode,
    TunnelProtocol protocol,
    boolean nativeTunnel,
    ApplicationTunnel applicationTunnel,
    GatewayAddress waypoint,
    GatewayAddress networkGateway,
    Map<ServiceKey, Ports> services,
    List<String> policies,
    HealthStatus status,
    int capacity) {
  public Workload {
    Check.notEmpty(uid, "uid");
    Check.that(capacity >= 0, "capacity", capacity, ">= 0");
    addresses = List.copyOf(addresses);
    services = Map.copyOf(services);
    policies = List.copyOf(policies);
  }

  public String namespace() {
    return account.namespace();
  }

  public String serviceAccount() {
    return account.name();
  }

  /** What this workload's certificate says, and what its peers must verify. */
  public SpiffeId identity() {
    return account.identity();
  }

  /** "" is the default network. */
  public String network() {
    return place.network();
  }

  public String node() {
    return place.node();
  }

  public String cluster() {
    return place.cluster();
  }

  /** Whether {@code address} is one of this workload's. */
  public boolean has(InetAddress address) {
    return addresses.contains(address);
  }

  /** The same workload behind other services. */
  public Workload withServices(Map<ServiceKey, Ports> otherServices) {
    return new Workload(
        uid,
        name,
        account,
        labels,
        place,
        addresses,
        hostname,
        networkMode,
        protocol,
        nativeTunnel,
        applicationTunnel,
        waypoint,
        networkGateway,
        otherServices,
        policies,
        status,
        capacity);
  }
}
