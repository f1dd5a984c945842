package dev.marrow.mesh.xds;

import com.google.protobuf.ByteString;
import dev.marrow.identity.TrustDomain;
import dev.marrow.mesh.workload.Account;
import dev.marrow.mesh.workload.ApplicationTunnel;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.HealthStatus;
import dev.marrow.mesh.workload.Labels;
import dev.marrow.mesh.workload.Locality;
import dev.marrow.mesh.workload.NetworkMode;
import dev.marrow.mesh.workload.Place;
import dev.marrow.mesh.workload.Ports;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.TunnelProtocol;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.mesh.workload.WorkloadType;
import dev.marrow.proto.workload.PortList;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code istio.workload.Workload}. Confined to the thread that applies resources. */
final class WorkloadReader {
  private final Interner interner;
  private final AddressReader addresses;

  WorkloadReader(Interner interner) {
    this.interner = interner;
    this.addresses = new AddressReader(interner);
  }

  /**
   * @param name of the resource, which is the uid; held in its place, so that there is one text
   */
  Workload read(String name, dev.marrow.proto.workload.Workload message) throws InvalidResource {
    InvalidResource.require(!message.getUid().isEmpty(), "uid", "", "not empty");
    InvalidResource.require(name.equals(message.getUid()), "resource name", name, message.getUid());
    return new Workload(
        name,
        message.getName(),
        account(message),
        labels(message),
        place(message),
        ips(message.getAddressesList()),
        message.getHostname(),
        networkMode(message),
        protocol(message),
        message.getNativeTunnel(),
        applicationTunnel(message),
        message.hasWaypoint() ? gateway(message.getWaypoint()) : GatewayAddress.NONE,
        message.hasNetworkGateway() ? gateway(message.getNetworkGateway()) : GatewayAddress.NONE,
        services(message.getServicesMap()),
        policies(message),
        status(message),
        capacity(message));
  }

  private Account account(dev.marrow.proto.workload.Workload message) throws InvalidResource {
    InvalidResource.require(!message.getNamespace().isEmpty(), "namespace", "", "not empty");
    String name =
        message.getServiceAccount().isEmpty() ? Account.DEFAULT_NAME : message.getServiceAccount();
    try {
      TrustDomain domain =
          message.getTrustDomain().isEmpty()
              ? Account.DEFAULT_TRUST_DOMAIN
              : TrustDomain.parse(message.getTrustDomain());
      return interner.share(
          Account.of(interner.share(domain), interner.share(message.getNamespace()), name));
    } catch (IllegalArgumentException e) {
      throw InvalidResource.of(e);
    }
  }

  private Labels labels(dev.marrow.proto.workload.Workload message) {
    return interner.share(
        new Labels(
            message.getWorkloadName(),
            // It only names the workload, so one that is newer than we are does no harm.
            switch (message.getWorkloadType()) {
              case DEPLOYMENT, UNRECOGNIZED -> WorkloadType.DEPLOYMENT;
              case CRONJOB -> WorkloadType.CRONJOB;
              case POD -> WorkloadType.POD;
              case JOB -> WorkloadType.JOB;
            },
            message.getCanonicalName(),
            message.getCanonicalRevision()));
  }

  private Place place(dev.marrow.proto.workload.Workload message) {
    var locality = message.getLocality();
    return interner.share(
        new Place(
            message.getNetwork(),
            message.getClusterId().isEmpty() ? Place.DEFAULT_CLUSTER : message.getClusterId(),
            message.getNode(),
            new Locality(locality.getRegion(), locality.getZone(), locality.getSubzone())));
  }

  private List<InetAddress> ips(List<ByteString> messages) throws InvalidResource {
    List<InetAddress> ips = new ArrayList<>(messages.size());
    for (ByteString bytes : messages) {
      ips.add(addresses.ip(bytes));
    }
    return ips;
  }

  private GatewayAddress gateway(dev.marrow.proto.workload.GatewayAddress message)
      throws InvalidResource {
    return interner.share(addresses.gateway(message));
  }

  private Map<ServiceKey, Ports> services(Map<String, PortList> messages) throws InvalidResource {
    if (messages.isEmpty()) {
      return Map.of();
    }
    Map<ServiceKey, Ports> services = HashMap.newHashMap(messages.size());
    for (Map.Entry<String, PortList> entry : messages.entrySet()) {
      services.put(
          addresses.service(entry.getKey()), addresses.ports(entry.getValue().getPortsList()));
    }
    return interner.share(Map.copyOf(services));
  }

  private List<String> policies(dev.marrow.proto.workload.Workload message) {
    List<String> names = List.copyOf(message.getAuthorizationPoliciesList());
    return interner.share(names);
  }

  private static TunnelProtocol protocol(dev.marrow.proto.workload.Workload message)
      throws InvalidResource {
    return switch (message.getTunnelProtocol()) {
      case NONE -> TunnelProtocol.NONE;
      case HBONE -> TunnelProtocol.HBONE;
      case LEGACY_ISTIO_MTLS, UNRECOGNIZED ->
          throw new InvalidResource(
              "tunnel_protocol: '%d' (expected: NONE or HBONE)"
                  .formatted(message.getTunnelProtocolValue()));
    };
  }

  private static NetworkMode networkMode(dev.marrow.proto.workload.Workload message)
      throws InvalidResource {
    return switch (message.getNetworkMode()) {
      case STANDARD -> NetworkMode.STANDARD;
      case HOST_NETWORK -> NetworkMode.HOST_NETWORK;
      case UNRECOGNIZED ->
          throw new InvalidResource(
              "network_mode: '%d' (expected: STANDARD or HOST_NETWORK)"
                  .formatted(message.getNetworkModeValue()));
    };
  }

  private static HealthStatus status(dev.marrow.proto.workload.Workload message)
      throws InvalidResource {
    return switch (message.getStatus()) {
      case HEALTHY -> HealthStatus.HEALTHY;
      case UNHEALTHY -> HealthStatus.UNHEALTHY;
      case UNRECOGNIZED ->
          throw new InvalidResource(
              "status: '%d' (expected: HEALTHY or UNHEALTHY)".formatted(message.getStatusValue()));
    };
  }

  private static ApplicationTunnel applicationTunnel(dev.marrow.proto.workload.Workload message)
      throws InvalidResource {
    if (!message.hasApplicationTunnel()) {
      return ApplicationTunnel.NONE;
    }
    var tunnel = message.getApplicationTunnel();
    int port = AddressReader.port(tunnel.getPort(), 1, "application_tunnel.port");
    return switch (tunnel.getProtocol()) {
      case NONE -> new ApplicationTunnel.Plain(port);
      case PROXY -> new ApplicationTunnel.ProxyProtocol(port);
      case UNRECOGNIZED ->
          throw new InvalidResource(
              "application_tunnel.protocol: '%d' (expected: NONE or PROXY)"
                  .formatted(tunnel.getProtocolValue()));
    };
  }

  private static int capacity(dev.marrow.proto.workload.Workload message) throws InvalidResource {
    int capacity = message.hasCapacity() ? message.getCapacity().getValue() : 1;
    InvalidResource.require(
        capacity >= 0, "capacity", Integer.toUnsignedString(capacity), "0-" + Integer.MAX_VALUE);
    return capacity;
  }
}
