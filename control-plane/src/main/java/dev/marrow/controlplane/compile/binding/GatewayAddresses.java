package dev.marrow.controlplane.compile.binding;

import com.google.protobuf.ByteString;
import dev.marrow.controlplane.compile.Ip;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.proto.workload.GatewayAddress;
import dev.marrow.proto.workload.NamespacedHostname;
import dev.marrow.proto.workload.NetworkAddress;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** Where a waypoint is reached. */
public final class GatewayAddresses {
  private static final int HBONE = 15008;

  private static final JsonNode NONE = MissingNode.getInstance();

  private GatewayAddresses() {}

  /**
   * The address of {@code gateway}: its first hostname, else its first IP, else the name that its
   * Service has or will have.
   */
  public static GatewayAddress of(Answers answers, ObjectKey gateway) {
    JsonNode own = answers.object(gateway).map(GatewayAddresses::listed).orElse(NONE);
    String host = answers.mesh().hostname(gateway.namespace(), gateway.name());
    Optional<ByteString> ip = Optional.empty();
    for (JsonNode address : own) {
      String value = address.path("value").stringValue("");
      if (address.path("type").stringValue("IPAddress").equals("Hostname")) {
        return named(gateway.namespace(), value);
      }
      ip = ip.or(() -> Ip.parse(value).map(Ip::bytes));
    }
    return ip.map(bytes -> numbered(answers.mesh().network(), bytes))
        .orElse(named(gateway.namespace(), host));
  }

  private static JsonNode listed(KubeObject gateway) {
    JsonNode given = gateway.spec().path("addresses");
    return given.isEmpty() ? gateway.status().path("addresses") : given;
  }

  private static GatewayAddress named(String namespace, String hostname) {
    return GatewayAddress.newBuilder()
        .setHostname(NamespacedHostname.newBuilder().setNamespace(namespace).setHostname(hostname))
        .setHboneMtlsPort(HBONE)
        .build();
  }

  private static GatewayAddress numbered(String network, ByteString bytes) {
    return GatewayAddress.newBuilder()
        .setAddress(NetworkAddress.newBuilder().setNetwork(network).setAddress(bytes))
        .setHboneMtlsPort(HBONE)
        .build();
  }
}
