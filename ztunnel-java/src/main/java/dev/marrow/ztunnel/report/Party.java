package dev.marrow.ztunnel.report;

/**
 * One end of a connection as logs and metrics show it; what is not known is empty.
 *
 * @param known whether the mesh knows this workload; the labels of places are left out unless it
 *     knows one of the two
 * @param principal the identity: of a source the verified one, only with mutual TLS; of a
 *     destination the expected one until it is verified
 */
public record Party(
    boolean known,
    String workload,
    String namespace,
    String canonicalName,
    String canonicalRevision,
    String app,
    String cluster,
    String region,
    String zone,
    String pod,
    String principal) {
  public static final Party UNKNOWN = new Party(false, "", "", "", "", "", "", "", "", "", "");

  // By hand: asked once per connection, see TrafficLabels.
  @Override
  public boolean equals(Object other) {
    return other instanceof Party that
        && known == that.known
        && pod.equals(that.pod)
        && workload.equals(that.workload)
        && namespace.equals(that.namespace)
        && principal.equals(that.principal)
        && canonicalName.equals(that.canonicalName)
        && canonicalRevision.equals(that.canonicalRevision)
        && app.equals(that.app)
        && cluster.equals(that.cluster)
        && region.equals(that.region)
        && zone.equals(that.zone);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * pod.hashCode() + workload.hashCode()) + principal.hashCode();
  }

  /** This party with a verified identity, as {@code spiffe://…}; empty for none. */
  public Party as(String verified) {
    return verified.equals(principal)
        ? this
        : new Party(
            known,
            workload,
            namespace,
            canonicalName,
            canonicalRevision,
            app,
            cluster,
            region,
            zone,
            pod,
            verified);
  }
}
