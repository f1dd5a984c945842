package dev.marrow.controlplane.graph;

import java.util.Set;

/** How waypoints are deployed. */
public sealed interface Waypoints {
  /** Names of Gateway classes that are ours, whoever defines them. */
  Set<String> classes();

  /** As Deployments that the local mesh runs as processes. */
  record OfMachine() implements Waypoints {
    @Override
    public Set<String> classes() {
      return Set.of("marrow-waypoint", "istio-waypoint");
    }
  }

  /**
   * As Deployments of a cluster.
   *
   * @param image whose entry point runs a waypoint
   * @param discoveryAddress of the control plane, host and port
   * @param rootConfigMap with the roots, in every namespace
   * @param revision which objects we look after: those labelled with it, and as revision {@code
   *     default} those without a label
   */
  record OfCluster(
      Set<String> classes,
      String image,
      String discoveryAddress,
      String rootConfigMap,
      String revision)
      implements Waypoints {
    public OfCluster {
      classes = Set.copyOf(classes);
    }
  }
}
