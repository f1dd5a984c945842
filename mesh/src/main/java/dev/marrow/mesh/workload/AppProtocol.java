package dev.marrow.mesh.workload;

/** What a service port carries, as far as its owner declared. */
public enum AppProtocol {
  UNKNOWN,
  HTTP11,
  HTTP2,
  GRPC,
  TCP,
  TLS
}
