package dev.marrow.mesh.workload;

/** Whether a workload said it can serve. */
public enum HealthStatus {
  HEALTHY,
  UNHEALTHY
}
