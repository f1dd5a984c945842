package dev.marrow.mesh.workload;

/** What kind of object owns a workload. */
public enum WorkloadType {
  DEPLOYMENT,
  CRONJOB,
  POD,
  JOB
}
