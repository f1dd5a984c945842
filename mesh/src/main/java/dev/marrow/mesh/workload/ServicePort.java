package dev.marrow.mesh.workload;

/**
 * One port of a service.
 *
 * @param target the port on the workload; 0 where each workload says its own
 */
public record ServicePort(int port, int target, AppProtocol protocol) {
  public ServicePort {
    Check.port(port, 1, "service port");
    Check.port(target, 0, "target port");
  }
}
