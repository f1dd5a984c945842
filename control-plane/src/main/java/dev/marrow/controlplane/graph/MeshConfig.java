package dev.marrow.controlplane.graph;

import dev.marrow.identity.TrustDomain;

/**
 * What all objects of the mesh have in common.
 *
 * @param clusterDomain the end of service names, for example {@code cluster.local}
 * @param clusterId the first part of uids
 * @param rootNamespace where mesh-wide policies live
 * @param network of pods that do not name theirs; empty where there is only one
 * @param waypoints how waypoints are deployed
 */
public record MeshConfig(
    TrustDomain trustDomain,
    String clusterDomain,
    String clusterId,
    String rootNamespace,
    String network,
    Waypoints waypoints) {

  /** Istio's defaults, on one machine. */
  public static MeshConfig standard() {
    return new MeshConfig(
        TrustDomain.parse("cluster.local"),
        "cluster.local",
        "Kubernetes",
        "istio-system",
        "",
        new Waypoints.OfMachine());
  }

  /** The full name of a Kubernetes service. */
  public String hostname(String namespace, String service) {
    return service + "." + namespace + ".svc." + clusterDomain;
  }

  /** A principal as policies write it: the SPIFFE id without its scheme. */
  public String principal(String namespace, String serviceAccount) {
    return trustDomain + "/ns/" + namespace + "/sa/" + serviceAccount;
  }
}
