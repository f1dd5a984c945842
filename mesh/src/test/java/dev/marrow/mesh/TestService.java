package dev.marrow.mesh;

import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.IpFamilies;
import dev.marrow.mesh.workload.LoadBalancing;
import dev.marrow.mesh.workload.NetworkAddress;
import dev.marrow.mesh.workload.NetworkBlock;
import dev.marrow.mesh.workload.Ports;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.SubjectAltNames;
import dev.marrow.mesh.workload.Visibility;
import dev.marrow.mesh.workload.WeightedWaypoint;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds services for tests: a canonical one, without ports or addresses until the test adds them.
 */
public final class TestService {
  private final ServiceKey key;
  private final List<NetworkAddress> vips = new ArrayList<>();
  private final List<NetworkBlock> blocks = new ArrayList<>();
  private Ports ports = Ports.NONE;
  private List<String> subjectAltNames = List.of();
  private GatewayAddress waypoint = GatewayAddress.NONE;
  private final List<WeightedWaypoint> weightedWaypoints = new ArrayList<>();
  private LoadBalancing balancing = LoadBalancing.ANY;
  private IpFamilies ipFamilies = IpFamilies.AUTOMATIC;
  private boolean canonical = true;
  private Visibility visibility = Visibility.PUBLIC;

  TestService(ServiceKey key) {
    this.key = key;
  }

  /** {@code network/address}; the network may be empty. */
  public TestService vips(String... addresses) {
    for (String address : addresses) {
      vips.add(NetworkAddress.parse(address));
    }
    return this;
  }

  /** {@code network/address/length}. */
  public TestService blocks(String... texts) {
    for (String text : texts) {
      blocks.add(NetworkBlock.parse(text));
    }
    return this;
  }

  /** Pairs of service and target ports. */
  public TestService ports(int... pairs) {
    ports = TestMesh.ports(pairs);
    return this;
  }

  public TestService subjectAltNames(String... names) {
    subjectAltNames = List.of(names);
    return this;
  }

  public TestService waypoint(GatewayAddress value) {
    waypoint = value;
    return this;
  }

  public TestService weighted(GatewayAddress destination, int weight) {
    weightedWaypoints.add(new WeightedWaypoint(destination, weight));
    return this;
  }

  public TestService balancing(LoadBalancing value) {
    balancing = value;
    return this;
  }

  public TestService mode(LoadBalancing.Mode mode, LoadBalancing.Scope... preferences) {
    return balancing(
        new LoadBalancing(mode, List.of(preferences), LoadBalancing.HealthPolicy.ONLY_HEALTHY));
  }

  public TestService allowingUnhealthy() {
    return balancing(
        new LoadBalancing(
            balancing.mode(), balancing.preferences(), LoadBalancing.HealthPolicy.ALLOW_ALL));
  }

  public TestService ipFamilies(IpFamilies value) {
    ipFamilies = value;
    return this;
  }

  public TestService notCanonical() {
    canonical = false;
    return this;
  }

  public TestService hidden() {
    visibility = Visibility.NAMESPACE;
    return this;
  }

  public Service build() {
    int dot = key.hostname().indexOf('.');
    return new Service(
        key,
        dot < 0 ? key.hostname() : key.hostname().substring(0, dot),
        vips,
        blocks,
        ports,
        SubjectAltNames.of(subjectAltNames),
        waypoint,
        weightedWaypoints,
        balancing,
        ipFamilies,
        canonical,
        false,
        visibility);
  }
}
