package dev.marrow.waypoint.report;

import dev.marrow.http.Headers;
import org.jspecify.annotations.Nullable;

/** Takes what happened; never blocks. Thread-safe. */
public interface Reports {
  void onRequest(RequestReport report);

  /** A connection that carries no HTTP begins to be relayed. */
  default void onOpened(ConnectionReport begun) {}

  /** It has ended, or was refused. */
  void onConnection(ConnectionReport report);

  /** Whether somebody looks on, so that heads are worth keeping. */
  default boolean tapped() {
    return false;
  }

  /** Shows a request with its heads to those who look on; the response's is null if none came. */
  default void onTapped(RequestReport report, Headers request, @Nullable Headers response) {}

  /** A policy that is only watched (AUDIT, dry run) matched. */
  default void onWatched(String policy) {}

  /** A peer was refused before it had a tunnel, or the tunnel it asked for; not a connection. */
  default void onRefused(String fault, ConnectionReport report) {}

  /** A malformed request was refused before it could be told from others. */
  default void onMalformed(String fault) {}
}
