package dev.marrow.controlplane.publish;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.marrow.controlplane.compile.route.BoundDestination;
import dev.marrow.proto.security.Authorization;
import dev.marrow.proto.waypoint.Destination;
import dev.marrow.proto.workload.Address;
import dev.marrow.proto.workload.NetworkAddress;
import dev.marrow.proto.workload.Service;
import dev.marrow.proto.workload.Workload;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * A resource ready to be sent.
 *
 * @param aliases other names it can be asked for by
 * @param version a hash of the content: equal content has the same version everywhere and always
 * @param services the services that a workload is part of; their subscribers get it too
 * @param node where a workload runs
 */
public record Published(
    ResourceId id,
    Message message,
    List<String> aliases,
    String version,
    Set<String> services,
    String node) {
  public Published {
    aliases = List.copyOf(aliases);
    services = Set.copyOf(services);
  }

  /** Names and hashes what a question answered. */
  public static Published of(Object element) {
    return switch (element) {
      case Address address when address.hasWorkload() -> workload(address, address.getWorkload());
      case Address address -> service(address, address.getService());
      case Authorization policy ->
          plain(
              new ResourceId(
                  ResourceType.AUTHORIZATION, "", policy.getNamespace() + "/" + policy.getName()),
              policy);
      case BoundDestination bound ->
          plain(
              new ResourceId(
                  ResourceType.DESTINATION,
                  bound.gateway().namespace() + "/" + bound.gateway().name(),
                  name(bound.destination())),
              bound.destination());
      default -> throw new IllegalArgumentException("not a resource: " + element.getClass());
    };
  }

  private static String name(Destination destination) {
    return destination.hasService()
        ? destination.getService().getNamespace() + "/" + destination.getService().getHostname()
        : destination.getWorkload().getUid();
  }

  private static Published workload(Address address, Workload workload) {
    List<String> aliases = new ArrayList<>();
    for (ByteString ip : workload.getAddressesList()) {
      aliases.add(alias(workload.getNetwork(), ip));
    }
    return new Published(
        new ResourceId(ResourceType.ADDRESS, "", workload.getUid()),
        address,
        aliases,
        version(address),
        workload.getServicesMap().keySet(),
        workload.getNode());
  }

  private static Published service(Address address, Service service) {
    List<String> aliases = new ArrayList<>();
    for (NetworkAddress ip : service.getAddressesList()) {
      aliases.add(alias(ip.getNetwork(), ip.getAddress()));
    }
    String name = service.getNamespace() + "/" + service.getHostname();
    return new Published(
        new ResourceId(ResourceType.ADDRESS, "", name),
        address,
        aliases,
        version(address),
        Set.of(),
        "");
  }

  private static Published plain(ResourceId id, Message message) {
    return new Published(id, message, List.of(), version(message), Set.of(), "");
  }

  private static String alias(String network, ByteString ip) {
    try {
      return network + "/" + NetUtil.toAddressString(InetAddress.getByAddress(ip.toByteArray()));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("address: %d bytes".formatted(ip.size()), e);
    }
  }

  private static String version(Message message) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(message.toByteArray());
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
