package dev.marrow.mesh.workload;

/** Which address families a service uses. */
public enum IpFamilies {
  /** Not declared: whatever its addresses are. */
  AUTOMATIC,
  IPV4_ONLY,
  IPV6_ONLY,
  DUAL
}
