package dev.marrow.cli.local.network;

import dev.marrow.cli.local.plan.PodKey;
import java.nio.file.Path;

/**
 * The names of a mesh's network namespaces. All begin with its prefix, so that two meshes can run
 * side by side and {@code down} finds everything that is its own.
 */
public record Names(String prefix) {
  public Names {
    if (!prefix.matches("[a-z][a-z0-9]{0,19}")) {
      throw new IllegalArgumentException(
          "MARROW_PREFIX: '%s' (expected: 1 to 20 letters and digits)".formatted(prefix));
    }
  }

  /** Holds the bridge between the nodes, and the supervisor. */
  public String bridge() {
    return prefix + "-net";
  }

  public String node(int node) {
    return prefix + "-node-" + node;
  }

  public String controlPlane() {
    return prefix + "-control-plane";
  }

  public String pod(PodKey pod) {
    return prefix + "-" + pod.namespace() + "-" + pod.name();
  }

  /** Whether a namespace of this name belongs to the mesh. */
  public boolean owns(String name) {
    return name.startsWith(prefix + "-");
  }

  public static Path path(String name) {
    return Path.of("/run/netns", name);
  }
}
