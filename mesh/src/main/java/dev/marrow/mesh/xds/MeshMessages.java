package dev.marrow.mesh.xds;

import com.google.protobuf.ByteString;
import com.google.protobuf.UInt32Value;
import dev.marrow.mesh.policy.Policy;
import dev.marrow.mesh.workload.Account;
import dev.marrow.mesh.workload.ApplicationTunnel;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.LoadBalancing;
import dev.marrow.mesh.workload.NetworkAddress;
import dev.marrow.mesh.workload.NetworkBlock;
import dev.marrow.mesh.workload.Ports;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.ServicePort;
import dev.marrow.mesh.workload.WeightedWaypoint;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.proto.security.Authorization;
import dev.marrow.proto.workload.Address;
import dev.marrow.proto.workload.AppProtocol;
import dev.marrow.proto.workload.IPFamilies;
import dev.marrow.proto.workload.Locality;
import dev.marrow.proto.workload.NamespacedHostname;
import dev.marrow.proto.workload.NetworkMode;
import dev.marrow.proto.workload.Port;
import dev.marrow.proto.workload.PortList;
import dev.marrow.proto.workload.TunnelProtocol;
import dev.marrow.proto.workload.Visibility;
import dev.marrow.proto.workload.WorkloadStatus;
import dev.marrow.proto.workload.WorkloadType;
import java.net.InetAddress;
import java.util.List;

/** Writes our values as messages, for those who serve them. What is read back is equal. */
public final class MeshMessages {
  private MeshMessages() {}

  /** The workload as {@code Address}; its resource name is the uid. */
  public static Address message(Workload workload) {
    var message =
        dev.marrow.proto.workload.Workload.newBuilder()
            .setUid(workload.uid())
            .setName(workload.name())
            .setNamespace(workload.namespace())
            .setServiceAccount(workload.serviceAccount())
            .setHostname(workload.hostname())
            .setNetworkMode(NetworkMode.valueOf(workload.networkMode().name()))
            .setTunnelProtocol(TunnelProtocol.valueOf(workload.protocol().name()))
            .setNativeTunnel(workload.nativeTunnel())
            .addAllAuthorizationPolicies(workload.policies())
            .setStatus(WorkloadStatus.valueOf(workload.status().name()))
            .setCapacity(UInt32Value.of(workload.capacity()));
    if (!workload.account().trustDomain().equals(Account.DEFAULT_TRUST_DOMAIN)) {
      message.setTrustDomain(workload.account().trustDomain().name());
    }
    workload.addresses().forEach(address -> message.addAddresses(bytes(address)));
    workload
        .services()
        .forEach((key, ports) ->
            message.putServices(
                key.toString(), PortList.newBuilder().addAllPorts(ports(ports)).build()));
    describe(workload, message);
    gateways(workload, message);
    return Address.newBuilder().setWorkload(message).build();
  }

  private static void describe(
      Workload workload, dev.marrow.proto.workload.Workload.Builder message) {
    message
        .setWorkloadName(workload.labels().workloadName())
        .setWorkloadType(WorkloadType.valueOf(workload.labels().workloadType().name()))
        .setCanonicalName(workload.labels().canonicalName())
        .setCanonicalRevision(workload.labels().canonicalRevision())
        .setNetwork(workload.network())
        .setClusterId(workload.cluster())
        .setNode(workload.node());
    var locality = workload.place().locality();
    if (!locality.equals(dev.marrow.mesh.workload.Locality.UNKNOWN)) {
      message.setLocality(
          Locality.newBuilder()
              .setRegion(locality.region())
              .setZone(locality.zone())
              .setSubzone(locality.subzone()));
    }
  }

  private static void gateways(
      Workload workload, dev.marrow.proto.workload.Workload.Builder message) {
    if (workload.waypoint().present()) {
      message.setWaypoint(gateway(workload.waypoint()));
    }
    if (workload.networkGateway().present()) {
      message.setNetworkGateway(gateway(workload.networkGateway()));
    }
    switch (workload.applicationTunnel()) {
      case ApplicationTunnel.None _ -> {}
      case ApplicationTunnel.Plain(int port) -> message.getApplicationTunnelBuilder().setPort(port);
      case ApplicationTunnel.ProxyProtocol(int port) ->
          message
              .getApplicationTunnelBuilder()
              .setPort(port)
              .setProtocol(dev.marrow.proto.workload.ApplicationTunnel.Protocol.PROXY);
    }
  }

  /** The service as {@code Address}; its resource name is {@code namespace/hostname}. */
  public static Address message(Service service) {
    var message =
        dev.marrow.proto.workload.Service.newBuilder()
            .setName(service.name())
            .setNamespace(service.namespace())
            .setHostname(service.hostname())
            .addAllPorts(ports(service.ports()))
            .addAllSubjectAltNames(service.subjectAltNames().names())
            .setIpFamilies(IPFamilies.valueOf(service.ipFamilies().name()))
            .setCanonical(service.canonical())
            .setIngressUseWaypoint(service.ingressUsesWaypoint())
            .setVisibility(Visibility.valueOf(service.visibility().name()));
    service.vips().forEach(vip -> message.addAddresses(address(vip)));
    service.blocks().forEach(block -> message.addAddresses(address(block)));
    if (service.waypoint().present()) {
      message.setWaypoint(gateway(service.waypoint()));
    }
    for (WeightedWaypoint waypoint : service.weightedWaypoints()) {
      message
          .addWeightedWaypointsBuilder()
          .setDestination(gateway(waypoint.destination()))
          .setWeight(waypoint.weight());
    }
    if (!service.balancing().equals(LoadBalancing.ANY)) {
      message.setLoadBalancing(balancing(service.balancing()));
    }
    return Address.newBuilder().setService(message).build();
  }

  /**
   * The policy; its resource name is {@code namespace/name}.
   *
   * @throws IllegalArgumentException if it could not be read in the first place
   */
  public static Authorization message(Policy policy) {
    return PolicyMessages.message(policy);
  }

  private static dev.marrow.proto.workload.LoadBalancing balancing(LoadBalancing balancing) {
    var message =
        dev.marrow.proto.workload.LoadBalancing.newBuilder()
            .setHealthPolicy(
                dev.marrow.proto.workload.LoadBalancing.HealthPolicy.valueOf(
                    balancing.healthPolicy().name()))
            .setMode(
                balancing.mode() == LoadBalancing.Mode.ANY
                    ? dev.marrow.proto.workload.LoadBalancing.Mode.UNSPECIFIED_MODE
                    : dev.marrow.proto.workload.LoadBalancing.Mode.valueOf(
                        balancing.mode().name()));
    for (LoadBalancing.Scope scope : balancing.preferences()) {
      message.addRoutingPreference(
          dev.marrow.proto.workload.LoadBalancing.Scope.valueOf(scope.name()));
    }
    return message.build();
  }

  private static dev.marrow.proto.workload.GatewayAddress gateway(GatewayAddress gateway) {
    var message = dev.marrow.proto.workload.GatewayAddress.newBuilder();
    switch (gateway) {
      case GatewayAddress.None _ -> throw new IllegalArgumentException("gateway: none");
      case GatewayAddress.AtService(var service, int port) ->
          message
              .setHboneMtlsPort(port)
              .setHostname(
                  NamespacedHostname.newBuilder()
                      .setNamespace(service.namespace())
                      .setHostname(service.hostname()));
      case GatewayAddress.AtAddress(var address, int port) ->
          message.setHboneMtlsPort(port).setAddress(address(address));
    }
    return message.build();
  }

  private static dev.marrow.proto.workload.NetworkAddress address(NetworkAddress address) {
    return dev.marrow.proto.workload.NetworkAddress.newBuilder()
        .setNetwork(address.network())
        .setAddress(bytes(address.address()))
        .build();
  }

  private static dev.marrow.proto.workload.NetworkAddress address(NetworkBlock block) {
    return dev.marrow.proto.workload.NetworkAddress.newBuilder()
        .setNetwork(block.network())
        .setAddress(bytes(block.block().base()))
        .setLength(block.block().prefixLength())
        .build();
  }

  private static List<Port> ports(Ports ports) {
    return ports.entries().stream().map(MeshMessages::port).toList();
  }

  private static Port port(ServicePort port) {
    return Port.newBuilder()
        .setServicePort(port.port())
        .setTargetPort(port.target())
        .setAppProtocol(AppProtocol.valueOf(port.protocol().name()))
        .build();
  }

  static ByteString bytes(InetAddress address) {
    return ByteString.copyFrom(address.getAddress());
  }
}
