package dev.marrow.mesh.workload;

/**
 * The names a workload has in metrics, logs and baggage. All pods of one deployment share one
 * value; "" is unknown.
 */
public record Labels(
    String workloadName,
    WorkloadType workloadType,
    String canonicalName,
    String canonicalRevision) {
  /** Nothing is known. */
  public static final Labels UNKNOWN = new Labels("", WorkloadType.DEPLOYMENT, "", "");
}
