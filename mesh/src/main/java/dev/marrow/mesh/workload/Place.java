package dev.marrow.mesh.workload;

/**
 * Everything that balancing compares between a client and an endpoint. All workloads of one node
 * share one value.
 *
 * @param network "" is the default network
 * @param cluster for example {@code Kubernetes}
 * @param node "" is unknown
 */
public record Place(String network, String cluster, String node, Locality locality) {
  /** The cluster of whoever names none. */
  public static final String DEFAULT_CLUSTER = "Kubernetes";

  /** The default network and cluster, nothing else known. */
  public static final Place UNKNOWN = new Place("", DEFAULT_CLUSTER, "", Locality.UNKNOWN);
}
