package dev.marrow.mesh;

import dev.marrow.identity.TrustDomain;
import dev.marrow.mesh.workload.Account;
import dev.marrow.mesh.workload.ApplicationTunnel;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.HealthStatus;
import dev.marrow.mesh.workload.IpText;
import dev.marrow.mesh.workload.Labels;
import dev.marrow.mesh.workload.Locality;
import dev.marrow.mesh.workload.NetworkMode;
import dev.marrow.mesh.workload.Place;
import dev.marrow.mesh.workload.Ports;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.TunnelProtocol;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.mesh.workload.WorkloadType;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Builds workloads for tests: an HBONE pod of {@code default} that has whatever the test adds. */
public final class TestWorkload {
  private final String name;
  private String uid = "";
  private String namespace = "default";
  private String serviceAccount = "default";
  private String trustDomain = "cluster.local";
  private final List<InetAddress> addresses = new ArrayList<>();
  private String hostname = "";
  private String network = "";
  private String cluster = Place.DEFAULT_CLUSTER;
  private String node = "";
  private Locality locality = Locality.UNKNOWN;
  private NetworkMode networkMode = NetworkMode.STANDARD;
  private TunnelProtocol protocol = TunnelProtocol.HBONE;
  private boolean nativeTunnel;
  private ApplicationTunnel applicationTunnel = ApplicationTunnel.NONE;
  private GatewayAddress waypoint = GatewayAddress.NONE;
  private GatewayAddress networkGateway = GatewayAddress.NONE;
  private final Map<ServiceKey, Ports> services = new HashMap<>();
  private final List<String> policies = new ArrayList<>();
  private HealthStatus status = HealthStatus.HEALTHY;
  private int capacity = 1;

  TestWorkload(String name) {
    this.name = name;
  }

  public TestWorkload uid(String value) {
    uid = value;
    return this;
  }

  public TestWorkload namespace(String value) {
    namespace = value;
    return this;
  }

  public TestWorkload account(String value) {
    serviceAccount = value;
    return this;
  }

  public TestWorkload trustDomain(String value) {
    trustDomain = value;
    return this;
  }

  public TestWorkload at(String... literals) {
    for (String literal : literals) {
      addresses.add(IpText.parse(literal));
    }
    return this;
  }

  public TestWorkload hostname(String value) {
    hostname = value;
    return this;
  }

  public TestWorkload network(String value) {
    network = value;
    return this;
  }

  public TestWorkload cluster(String value) {
    cluster = value;
    return this;
  }

  public TestWorkload node(String value) {
    node = value;
    return this;
  }

  public TestWorkload in(String region, String zone, String subzone) {
    locality = new Locality(region, zone, subzone);
    return this;
  }

  public TestWorkload onHostNetwork() {
    networkMode = NetworkMode.HOST_NETWORK;
    return this;
  }

  public TestWorkload plain() {
    protocol = TunnelProtocol.NONE;
    return this;
  }

  public TestWorkload nativeTunnel() {
    nativeTunnel = true;
    return this;
  }

  public TestWorkload applicationTunnel(ApplicationTunnel value) {
    applicationTunnel = value;
    return this;
  }

  public TestWorkload waypoint(GatewayAddress value) {
    waypoint = value;
    return this;
  }

  public TestWorkload networkGateway(GatewayAddress value) {
    networkGateway = value;
    return this;
  }

  /** Backs {@code service} ({@code namespace/hostname}) on pairs of service and target ports. */
  public TestWorkload backs(String service, int... ports) {
    services.put(ServiceKey.parse(service), TestMesh.ports(ports));
    return this;
  }

  public TestWorkload policies(String... names) {
    policies.addAll(List.of(names));
    return this;
  }

  public TestWorkload unhealthy() {
    status = HealthStatus.UNHEALTHY;
    return this;
  }

  public TestWorkload capacity(int value) {
    capacity = value;
    return this;
  }

  public Workload build() {
    return new Workload(
        uid.isEmpty() ? "Kubernetes//Pod/" + namespace + "/" + name : uid,
        name,
        Account.of(TrustDomain.parse(trustDomain), namespace, serviceAccount),
        new Labels(name, WorkloadType.DEPLOYMENT, name, "v1"),
        new Place(network, cluster, node, locality),
        addresses,
        hostname,
        networkMode,
        protocol,
        nativeTunnel,
        applicationTunnel,
        waypoint,
        networkGateway,
        services,
        policies,
        status,
        capacity);
  }
}
