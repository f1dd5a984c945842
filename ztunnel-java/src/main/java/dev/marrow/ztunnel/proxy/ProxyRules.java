package dev.marrow.ztunnel.proxy;

import dev.marrow.hbone.RelaySettings;
import java.time.Duration;

/**
 * How connections are treated. Zero durations are off.
 *
 * @param maxConnections of one pod, those of peers included
 */
public record ProxyRules(
    String network,
    Names names,
    Waypoints waypoints,
    RelaySettings relay,
    Waits waits,
    Dials dials,
    Features features,
    int maxConnections,
    Queues queues) {

  /** Bytes held in memory on one event loop: of one identity, and of all. */
  public record Queues(long identity, long all) {}

  /** What names end in, and whose come first. */
  public record Names(String clusterDomain, String preferredNamespace) {}

  /** What happens at a waypoint that cannot be found, and to tunnels that avoid one. */
  public record Waypoints(boolean refuseUnresolved, boolean required) {}

  /** Times. */
  public record Waits(Duration workload, Duration unlabelGrace) {}

  /** Dialling applications and endpoints. */
  public record Dials(Duration timeout, int attempts, Duration outlier) {}

  /**
   * Switches.
   *
   * @param tunnelToLoopback PROXY protocol application tunnels connect to loopback
   * @param administrationInPod the port of our administration in the workload's own network
   *     namespace; 0 when it is in another
   */
  public record Features(
      boolean socks5,
      boolean tunnelToLoopback,
      boolean baggage,
      boolean sameNode,
      boolean decisionsAtInfo,
      int administrationInPod) {}
}
