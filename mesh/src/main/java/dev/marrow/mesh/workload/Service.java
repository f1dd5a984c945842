package dev.marrow.mesh.workload;

import java.util.List;

/**
 * A name, with or without addresses, behind which workloads stand ({@code istio.workload.Service}).
 *
 * @param name the object's name, for display
 * @param vips addresses that belong to this service alone
 * @param blocks address ranges that belong to this service
 * @param subjectAltNames further identities a server may show
 * @param waypoint where traffic to this service goes first
 * @param weightedWaypoints take precedence over {@code waypoint} if any weight is above zero
 * @param canonical decides which of several services of one host name is meant
 * @param ingressUsesWaypoint whether ingress gateways, too, go through the waypoint
 */
public record Service(
    ServiceKey key,
    String name,
    List<NetworkAddress> vips,
    List<NetworkBlock> blocks,
    Ports ports,
    SubjectAltNames subjectAltNames,
    GatewayAddress waypoint,
    List<WeightedWaypoint> weightedWaypoints,
    LoadBalancing balancing,
    IpFamilies ipFamilies,
    boolean canonical,
    boolean ingressUsesWaypoint,
    Visibility visibility) {
  public Service {
    vips = List.copyOf(vips);
    blocks = List.copyOf(blocks);
    weightedWaypoints = List.copyOf(weightedWaypoints);
  }

  public String namespace() {
    return key.namespace();
  }

  public String hostname() {
    return key.hostname();
  }

  /** Whether clients of {@code namespace} may know of this service. */
  public boolean visibleFrom(String namespace) {
    return visibility == Visibility.PUBLIC || key.namespace().equals(namespace);
  }

  /** Whether a waypoint stands before this service. */
  public boolean hasWaypoint() {
    return waypoint.present() || weightedWaypoints.stream().anyMatch(w -> w.weight() > 0);
  }
}
