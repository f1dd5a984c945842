package dev.marrow.mesh.workload;

/** How a workload wants to be spoken to. */
public enum TunnelProtocol {
  /** Plain TCP. */
  NONE,
  /** HTTP/2 CONNECT over mTLS on port 15008. */
  HBONE
}
