package dev.marrow.waypoint.upstream;

import dev.marrow.mesh.workload.ServiceKey;

/**
 * What is counted and judged together: a service, or a part of it that has rules of its own.
 *
 * @param part of it, {@code subset} or {@code subset:port}; empty: all of it
 */
public record Scope(ServiceKey service, String part) {
  public static Scope of(ServiceKey service) {
    return new Scope(service, "");
  }
}
