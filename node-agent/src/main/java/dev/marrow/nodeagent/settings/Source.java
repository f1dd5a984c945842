package dev.marrow.nodeagent.settings;

import dev.marrow.nodeagent.cni.PluginPlaces;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where pods are read and marked. */
public sealed interface Source {
  /**
   * YAML files.
   *
   * @param config later ones over earlier ones
   * @param enrolments where enrolled pods are entered
   */
  record Directories(List<Path> config, Path enrolments) implements Source {
    public Directories {
      config = List.copyOf(config);
    }
  }

  /**
   * An API server; the agent is a pod on the node's network.
   *
   * @param namespace the agent's own
   * @param processes the node's {@code /proc}
   * @param namespaces the node's named network namespaces
   * @param plugin how new pods are captured before they begin; without it they are captured soon
   *     after
   */
  record Cluster(String namespace, Path processes, Path namespaces, Optional<PluginPlaces> plugin)
      implements Source {}
}
