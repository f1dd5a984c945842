package dev.marrow.mesh.workload;

/** One of several waypoints of a service, with its share of the connections. */
public record WeightedWaypoint(GatewayAddress destination, int weight) {
  public WeightedWaypoint {
    Check.that(destination.present(), "weighted waypoint", destination, "a gateway address");
    Check.that(weight >= 0, "waypoint weight", weight, ">= 0");
  }
}
