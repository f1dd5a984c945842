package dev.marrow.ztunnel.settings;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Options of our sockets.
 *
 * @param congestion empty for the kernel's default
 */
public record SocketSettings(
    OptionalInt mark,
    Spoofing spoofing,
    boolean ipv6,
    Optional<KeepAlive> keepAlive,
    int backlog,
    Duration dialTimeout,
    String congestion) {

  /** The same, but applications are dialled from our own address. */
  public SocketSettings unspoofed() {
    return new SocketSettings(
        mark, Spoofing.NEVER, ipv6, keepAlive, backlog, dialTimeout, congestion);
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
