package dev.marrow.mesh.workload;

/**
 * A workload as one of those behind a service.
 *
 * @param ports the ports this workload offers for the service; one that is not listed, or has no
 *     target, falls back to the service's own
 */
public record Endpoint(Workload workload, Ports ports) {}
