package dev.marrow.mesh.workload;

/** Where a workload runs, from wide to narrow; "" is unknown. */
public record Locality(String region, String zone, String subzone) {
  /** Nothing is known. */
  public static final Locality UNKNOWN = new Locality("", "", "");
}
