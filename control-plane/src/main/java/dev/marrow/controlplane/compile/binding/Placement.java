package dev.marrow.controlplane.compile.binding;

import dev.marrow.controlplane.compile.Labels;
import dev.marrow.resources.KubeObject;
import java.util.Optional;

/** Where the pods of a waypoint are. */
public enum Placement {
  /** Anywhere, as many as somebody says. */
  REMOTE,

  /** One on every node, for the clients of that node. */
  NODE;

  /** What {@code gateway} asks for; {@link #REMOTE} unless it can be read. */
  public static Placement of(KubeObject gateway) {
    return parse(gateway.annotations().getOrDefault(Labels.PLACEMENT, "remote")).orElse(REMOTE);
  }

  /** Why the annotations of {@code gateway} about this cannot be followed, if they cannot. */
  public static Optional<String> problem(KubeObject gateway) {
    String text = gateway.annotations().getOrDefault(Labels.PLACEMENT, "remote");
    Optional<Placement> read = parse(text);
    if (read.isEmpty()) {
      return Optional.of(
          "metadata.annotations[%s]: '%s' (expected: node or remote)"
              .formatted(Labels.PLACEMENT, text));
    }
    boolean counted = gateway.annotations().containsKey(Labels.REPLICAS);
    return read.get() == NODE && counted
        ? Optional.of(
            "metadata.annotations[%s]: not with %s: node, which means one on every node"
                .formatted(Labels.REPLICAS, Labels.PLACEMENT))
        : Optional.empty();
  }

  private static Optional<Placement> parse(String text) {
    return switch (text) {
      case "remote" -> Optional.of(REMOTE);
      case "node" -> Optional.of(NODE);
      default -> Optional.empty();
    };
  }
}
