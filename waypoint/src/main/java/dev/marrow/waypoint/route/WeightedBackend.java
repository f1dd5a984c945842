package dev.marrow.waypoint.route;

import java.util.List;

/** A backend, its share, and what is done to requests that go there. */
public record WeightedBackend(Backend backend, int weight, List<Filter> filters) {
  public WeightedBackend {
    filters = List.copyOf(filters);
    if (weight < 0) {
      throw new IllegalArgumentException("weight: " + weight + " (expected: >= 0)");
    }
  }
}
