package dev.marrow.controlplane.serve;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.marrow.proto.core.Node;
import java.util.Optional;

/**
 * Who a client says it is, from the node of its first request.
 *
 * @param id as it was sent
 * @param kind {@code ztunnel}, {@code waypoint} or another first part of the id
 * @param nodeName the machine it runs on; empty if it does not say
 * @param gateway the Gateway that a waypoint belongs to; empty if it does not say
 */
record ClientNode(
    String id, String kind, String namespace, String pod, String nodeName, String gateway) {

  /** Reads a node; none where the id is not {@code kind~ip~pod.namespace~domain}. */
  static Optional<ClientNode> of(Node node) {
    String[] parts = node.getId().split("~", -1);
    if (parts.length != 4) {
      return Optional.empty();
    }
    int dot = parts[2].lastIndexOf('.');
    String idNamespace = dot < 0 ? "" : parts[2].substring(dot + 1);
    String namespace = text(node.getMetadata(), "NAMESPACE");
    return Optional.of(
        new ClientNode(
            node.getId(),
            parts[0],
            namespace.isEmpty() ? idNamespace : namespace,
            dot < 0 ? parts[2] : parts[2].substring(0, dot),
            text(node.getMetadata(), "NODE_NAME"),
            text(node.getMetadata(), "GATEWAY_NAME")));
  }

  private static String text(Struct metadata, String field) {
    return metadata.getFieldsOrDefault(field, Value.getDefaultInstance()).getStringValue();
  }

  boolean waypoint() {
    return kind.equals("waypoint");
  }
}
