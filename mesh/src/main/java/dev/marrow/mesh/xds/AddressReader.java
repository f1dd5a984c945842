package dev.marrow.mesh.xds;

import com.google.protobuf.ByteString;
import dev.marrow.mesh.workload.AppProtocol;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.IpText;
import dev.marrow.mesh.workload.NetworkAddress;
import dev.marrow.mesh.workload.Ports;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.ServicePort;
import dev.marrow.proto.workload.Port;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** What workloads and services have in common on the wire. Confined to the thread that applies. */
final class AddressReader {
  private static final int MAX_PORT = 65_535;

  private final Interner interner;

  AddressReader(Interner interner) {
    this.interner = interner;
  }

  String text(String text) {
    return interner.share(text);
  }

  InetAddress ip(ByteString bytes) throws InvalidResource {
    InvalidResource.require(
        bytes.size() == 4 || bytes.size() == 16, "address", bytes.size() + " bytes", "4 or 16");
    return IpText.fromBytes(bytes.toByteArray());
  }

  ServiceKey service(String namespace, String hostname) throws InvalidResource {
    InvalidResource.require(
        ServiceKey.isKey(namespace, hostname),
        "service",
        namespace + "/" + hostname,
        "namespace/hostname");
    return interner.share(new ServiceKey(text(namespace), text(hostname)));
  }

  ServiceKey service(String key) throws InvalidResource {
    int slash = key.indexOf('/');
    InvalidResource.require(slash > 0, "service", key, "namespace/hostname");
    return service(key.substring(0, slash), key.substring(slash + 1));
  }

  GatewayAddress gateway(dev.marrow.proto.workload.GatewayAddress message) throws InvalidResource {
    // Not set stands for the port that gateways listen on everywhere.
    int port =
        message.getHboneMtlsPort() == 0
            ? GatewayAddress.DEFAULT_PORT
            : port(message.getHboneMtlsPort(), 1, "hbone_mtls_port");
    return switch (message.getDestinationCase()) {
      case HOSTNAME ->
          new GatewayAddress.AtService(
              service(message.getHostname().getNamespace(), message.getHostname().getHostname()),
              port);
      case ADDRESS -> new GatewayAddress.AtAddress(address(message.getAddress()), port);
      case DESTINATION_NOT_SET ->
          throw new InvalidResource("gateway: unset (expected: hostname or address)");
    };
  }

  NetworkAddress address(dev.marrow.proto.workload.NetworkAddress message) throws InvalidResource {
    InvalidResource.require(
        !message.hasLength(), "address length", message.getLength(), "one address, not a range");
    return new NetworkAddress(text(message.getNetwork()), ip(message.getAddress()));
  }

  Ports ports(List<Port> messages) throws InvalidResource {
    if (messages.isEmpty()) {
      return Ports.NONE;
    }
    List<ServicePort> ports = new ArrayList<>(messages.size());
    for (Port message : messages) {
      ports.add(
          interner.share(
              new ServicePort(
                  port(message.getServicePort(), 1, "service_port"),
                  port(message.getTargetPort(), 0, "target_port"),
                  protocol(message.getAppProtocol()))));
    }
    return interner.share(new Ports(ports));
  }

  static int port(int port, int lowest, String field) throws InvalidResource {
    InvalidResource.require(
        port >= lowest && port <= MAX_PORT,
        field,
        Integer.toUnsignedString(port),
        lowest + "-" + MAX_PORT);
    return port;
  }

  // It describes and decides nothing here, so one that is newer than we are counts as not declared.
  private static AppProtocol protocol(dev.marrow.proto.workload.AppProtocol message) {
    return switch (message) {
      case UNKNOWN, UNRECOGNIZED -> AppProtocol.UNKNOWN;
      case HTTP11 -> AppProtocol.HTTP11;
      case HTTP2 -> AppProtocol.HTTP2;
      case GRPC -> AppProtocol.GRPC;
      case TCP -> AppProtocol.TCP;
      case TLS -> AppProtocol.TLS;
    };
  }
}
