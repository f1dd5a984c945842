package dev.marrow.mesh.xds;

import dev.marrow.mesh.workload.Cidr;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.IpFamilies;
import dev.marrow.mesh.workload.LoadBalancing;
import dev.marrow.mesh.workload.LoadBalancing.HealthPolicy;
import dev.marrow.mesh.workload.LoadBalancing.Mode;
import dev.marrow.mesh.workload.LoadBalancing.Scope;
import dev.marrow.mesh.workload.NetworkAddress;
import dev.marrow.mesh.workload.NetworkBlock;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.SubjectAltNames;
import dev.marrow.mesh.workload.Visibility;
import dev.marrow.mesh.workload.WeightedWaypoint;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code istio.workload.Service}. Confined to the thread that applies resources. */
final class ServiceReader {
  private final Interner interner;
  private final AddressReader addresses;

  ServiceReader(Interner interner) {
    this.interner = interner;
    this.addresses = new AddressReader(interner);
  }

  Service read(dev.marrow.proto.workload.Service message) throws InvalidResource {
    List<NetworkAddress> vips = new ArrayList<>();
    List<NetworkBlock> blocks = new ArrayList<>();
    for (var address : message.getAddressesList()) {
      if (address.hasLength()) {
        blocks.add(block(address));
      } else {
        vips.add(addresses.address(address));
      }
    }
    return new Service(
        addresses.service(message.getNamespace(), message.getHostname()),
        message.getName(),
        vips,
        blocks,
        addresses.ports(message.getPortsList()),
        SubjectAltNames.of(message.getSubjectAltNamesList()),
        message.hasWaypoint()
            ? interner.share(addresses.gateway(message.getWaypoint()))
            : GatewayAddress.NONE,
        weighted(message.getWeightedWaypointsList()),
        balancing(message),
        ipFamilies(message),
        message.getCanonical(),
        message.getIngressUseWaypoint(),
        visibility(message));
  }

  private NetworkBlock block(dev.marrow.proto.workload.NetworkAddress message)
      throws InvalidResource {
    try {
      return new NetworkBlock(
          addresses.text(message.getNetwork()),
          new Cidr(addresses.ip(message.getAddress()), message.getLength()));
    } catch (IllegalArgumentException e) {
      throw InvalidResource.of(e);
    }
  }

  private List<WeightedWaypoint> weighted(List<dev.marrow.proto.workload.WeightedWaypoint> messages)
      throws InvalidResource {
    List<WeightedWaypoint> weighted = new ArrayList<>(messages.size());
    for (var message : messages) {
      InvalidResource.require(
          message.getWeight() >= 0,
          "weighted_waypoints.weight",
          Integer.toUnsignedString(message.getWeight()),
          "0-" + Integer.MAX_VALUE);
      weighted.add(
          new WeightedWaypoint(addresses.gateway(message.getDestination()), message.getWeight()));
    }
    return weighted;
  }

  private LoadBalancing balancing(dev.marrow.proto.workload.Service message)
      throws InvalidResource {
    if (!message.hasLoadBalancing()) {
      return LoadBalancing.ANY;
    }
    var balancing = message.getLoadBalancing();
    List<Scope> preferences = new ArrayList<>();
    for (int i = 0; i < balancing.getRoutingPreferenceCount(); i++) {
      preferences.add(
          scope(balancing.getRoutingPreference(i), balancing.getRoutingPreferenceValue(i)));
    }
    return interner.share(new LoadBalancing(mode(balancing), preferences, healthPolicy(balancing)));
  }

  private static Mode mode(dev.marrow.proto.workload.LoadBalancing message) throws InvalidResource {
    return switch (message.getMode()) {
      case UNSPECIFIED_MODE -> Mode.ANY;
      case STRICT -> Mode.STRICT;
      case FAILOVER -> Mode.FAILOVER;
      case PASSTHROUGH -> Mode.PASSTHROUGH;
      case UNRECOGNIZED ->
          throw new InvalidResource(
              "load_balancing.mode: '%d' (expected: 0-3)".formatted(message.getModeValue()));
    };
  }

  private static HealthPolicy healthPolicy(dev.marrow.proto.workload.LoadBalancing message)
      throws InvalidResource {
    return switch (message.getHealthPolicy()) {
      case ONLY_HEALTHY -> HealthPolicy.ONLY_HEALTHY;
      case ALLOW_ALL -> HealthPolicy.ALLOW_ALL;
      case UNRECOGNIZED ->
          throw new InvalidResource(
              "load_balancing.health_policy: '%d' (expected: ONLY_HEALTHY or ALLOW_ALL)"
                  .formatted(message.getHealthPolicyValue()));
    };
  }

  private static Scope scope(dev.marrow.proto.workload.LoadBalancing.Scope message, int value)
      throws InvalidResource {
    return switch (message) {
      case REGION -> Scope.REGION;
      case ZONE -> Scope.ZONE;
      case SUBZONE -> Scope.SUBZONE;
      case NODE -> Scope.NODE;
      case CLUSTER -> Scope.CLUSTER;
      case NETWORK -> Scope.NETWORK;
      case UNSPECIFIED_SCOPE, UNRECOGNIZED ->
          throw new InvalidResource(
              "load_balancing.routing_preference: '%d' (expected: 1-6)".formatted(value));
    };
  }

  private static IpFamilies ipFamilies(dev.marrow.proto.workload.Service message)
      throws InvalidResource {
    return switch (message.getIpFamilies()) {
      case AUTOMATIC -> IpFamilies.AUTOMATIC;
      case IPV4_ONLY -> IpFamilies.IPV4_ONLY;
      case IPV6_ONLY -> IpFamilies.IPV6_ONLY;
      case DUAL -> IpFamilies.DUAL;
      case UNRECOGNIZED ->
          throw new InvalidResource(
              "ip_families: '%d' (expected: 0-3)".formatted(message.getIpFamiliesValue()));
    };
  }

  // One that is newer than we are might hide the service from somebody; guessing would show it.
  private static Visibility visibility(dev.marrow.proto.workload.Service message)
      throws InvalidResource {
    return switch (message.getVisibility()) {
      case PUBLIC -> Visibility.PUBLIC;
      case NAMESPACE -> Visibility.NAMESPACE;
      case UNRECOGNIZED ->
          throw new InvalidResource(
              "visibility: '%d' (expected: PUBLIC or NAMESPACE)"
                  .formatted(message.getVisibilityValue()));
    };
  }
}
