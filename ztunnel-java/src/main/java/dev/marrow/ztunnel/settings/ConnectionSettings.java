package dev.marrow.ztunnel.settings;

import java.time.Duration;

/**
 * How connections are treated. Zero durations are off.
 *
 * @param dialAttempts endpoints tried for one connection before any byte is sent
 */
public record ConnectionSettings(
    boolean socks5,
    boolean localhostAppTunnel,
    boolean sameNodeShortcut,
    WaypointSettings waypoints,
    Waits waits,
    int dialAttempts,
    Duration outlier,
    int perWorkload,
    Queues queues) {

  /** Bytes received and not yet passed on: of one tunnel connection, of one identity, of all. */
  public record Queues(int connection, int identity, int all) {}

  /** What happens at a waypoint that cannot be found, and to tunnels that avoid one. */
  public record WaypointSettings(boolean refuseUnresolved, boolean required) {}

  /** Times. */
  public record Waits(
      Duration workload,
      Duration idle,
      Duration halfClose,
      Duration unlabelGrace,
      Duration drain) {}
}
