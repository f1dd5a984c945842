package dev.marrow.mesh.file;

import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.NetworkAddress;
import dev.marrow.mesh.workload.Ports;
import dev.marrow.mesh.workload.ServiceKey;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What workloads and services have in common in the file. */
final class GatewayFields {
  static final int MAX_PORT = 65_535;

  private GatewayFields() {}

  static GatewayAddress gateway(Optional<Tree> tree) throws LocalFileException {
    return tree.isPresent() ? gateway(tree.get()) : GatewayAddress.NONE;
  }

  static GatewayAddress gateway(Tree tree) throws LocalFileException {
    FieldReader fields = FieldReader.of(tree, Set.of("destination", "hboneMtlsPort"));
    int port = fields.number("hboneMtlsPort", GatewayAddress.DEFAULT_PORT, MAX_PORT);
    return destination(fields.require("destination"), port);
  }

  /** {@code network/IP} or {@code namespace/hostname}. */
  static GatewayAddress destination(Tree tree, int port) throws LocalFileException {
    return FieldReader.value(tree, text -> destination(text, port));
  }

  private static GatewayAddress destination(String text, int port) {
    try {
      return new GatewayAddress.AtAddress(NetworkAddress.parse(text), port);
    } catch (IllegalArgumentException notAnAddress) {
      return new GatewayAddress.AtService(ServiceKey.parse(text), port);
    }
  }

  /** Service port to target port. */
  static Ports ports(Tree tree) throws LocalFileException {
    Map<Integer, Integer> targets =
        FieldReader.map(
            tree,
            key -> FieldReader.number(key, MAX_PORT),
            value -> FieldReader.number(value, MAX_PORT));
    return FieldReader.at(tree.spot(), "", _ -> Ports.of(targets));
  }
}
