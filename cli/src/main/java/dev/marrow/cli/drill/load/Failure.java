package dev.marrow.cli.drill.load;

/**
 * One request that went wrong.
 *
 * @param atMillis since the load began
 * @param tookMillis since it was due
 */
public record Failure(
    String kind, String from, String to, long atMillis, long tookMillis, String why) {
  @Override
  public String toString() {
    return "%8.3f s %-10s %s -> %s after %d ms: %s"
        .formatted(atMillis / 1000.0, kind, from, to, tookMillis, why);
  }
}
