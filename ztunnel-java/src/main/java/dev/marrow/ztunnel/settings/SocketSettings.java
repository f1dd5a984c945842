package dev.marrow.ztunnel.settings;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Options of our sockets.
 *
 * @param spoofedPorts from which connections under clients' addresses take their ports
 */
public record SocketSettings(
    OptionalInt mark,
    Spoofing spoofing,
    PortRange spoofedPorts,
    boolean ipv6,
    Optional<KeepAlive> keepAlive,
    int backlog,
    Duration dialTimeout,
    Flow flow) {

  /**
   * How bytes wait and leave.
   *
   * @param congestion of TCP; empty for the kernel's default
   * @param localCongestion towards applications of this node; likewise
   * @param nearRoundTrip tunnels with a shorter one do not pace, where the kernel's default does;
   *     zero for none
   * @param writeQueueBytes writing to a socket pauses above, and goes on below half of it
   */
  public record Flow(
      String congestion, String localCongestion, Duration nearRoundTrip, int writeQueueBytes) {
    public static final Flow USUAL = new Flow("", "reno", Duration.ofMillis(1), 512 << 10);
  }

  /** The same, but applications are dialled from our own address. */
  public SocketSettings unspoofed() {
    return new SocketSettings(
        mark, Spoofing.NEVER, spoofedPorts, ipv6, keepAlive, backlog, dialTimeout, flow);
  }

  /** The same with another flow. */
  public SocketSettings with(Flow other) {
    return new SocketSettings(
        mark, spoofing, spoofedPorts, ipv6, keepAlive, backlog, dialTimeout, other);
  }

  /** Whether applications are dialled from the client's address. */
  public enum Spoofing {
    /** If the kernel lets us. */
    TRY,
    /** Or the start fails. */
    ALWAYS,
    NEVER
  }

  /** Keepalive of application sockets. */
  public record KeepAlive(Duration idle, Duration interval, int probes, boolean userTimeout) {
    /** TCP_USER_TIMEOUT, if asked for. */
    public Duration userTimeoutOf() {
      return idle.plus(interval.multipliedBy(probes));
    }
  }
}
