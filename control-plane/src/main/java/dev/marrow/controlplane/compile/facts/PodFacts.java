package dev.marrow.controlplane.compile.facts;

import dev.marrow.controlplane.compile.Ip;
import java.util.List;
import java.util.Map;

/**
 * What the mesh wants to know of a pod that has an address and has not ended.
 *
 * @param containerPorts by name
 */
public record PodFacts(
    String namespace,
    String name,
    String account,
    Map<String, String> labels,
    List<Ip> addresses,
    String node,
    Tunnel tunnel,
    boolean healthy,
    boolean hostNetwork,
    Map<String, Integer> containerPorts,
    Owner owner) {

  /** How the pod can be reached. */
  public enum Tunnel {
    NONE,
    /** A node proxy terminates HBONE for it. */
    CAPTURED,
    /** It terminates HBONE itself. */
    OWN,
    /** A sidecar. */
    SIDECAR
  }

  /** What made the pod. */
  public record Owner(String kind, String name) {}

  public PodFacts {
    labels = Map.copyOf(labels);
    addresses = List.copyOf(addresses);
    containerPorts = Map.copyOf(containerPorts);
  }
}
