package dev.marrow.mesh.xds;

import java.time.Duration;

/**
 * How a proxy fetches only what its connections need ({@code XDS_ON_DEMAND}).
 *
 * @param patience how long a connection waits for an answer before it is refused
 * @param idle names that nobody used for so long are no longer asked for
 * @param maxNames asked for at a time; beyond it, those used longest ago are asked for no longer
 * @param node our own: its workloads come without being asked for, and stay
 */
public record OnDemand(Duration patience, Duration idle, int maxNames, String node) {
  public OnDemand {
    if (maxNames < 1) {
      throw new IllegalArgumentException("maxNames: %d (expected: >= 1)".formatted(maxNames));
    }
  }

  /** The usual limits. */
  public static OnDemand on(String node) {
    return new OnDemand(Duration.ofSeconds(5), Duration.ofMinutes(30), 100_000, node);
  }
}
