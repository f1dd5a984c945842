package dev.marrow.waypoint.report;

/** Takes what happened; never blocks. Thread-safe. */
public interface Reports {
  void onRequest(RequestReport report);

  void onConnection(ConnectionReport report);

  /** A policy that is only watched (AUDIT, dry run) matched. */
  default void onWatched(String policy) {}

  /** A malformed request was refused before it could be told from others. */
  default void onMalformed(String fault) {}
}
