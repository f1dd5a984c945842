package dev.marrow.waypoint.upstream;

import dev.marrow.mesh.workload.Workload;

/** What balancing came to. */
public sealed interface Choice {
  /** This workload, at this place. */
  record Chosen(Workload workload, Upstream.Path path) implements Choice {}

  /** Nobody will do. */
  record Nobody(String reason) implements Choice {}
}
