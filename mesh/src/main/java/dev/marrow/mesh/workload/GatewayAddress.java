package dev.marrow.mesh.workload;

/** Where a waypoint or network gateway is reached, or that there is none. */
public sealed interface GatewayAddress {
  /** The port a gateway listens for HBONE on when nothing else is said. */
  int DEFAULT_PORT = 15_008;

  /** There is no gateway. */
  GatewayAddress NONE = new None();

  /** Whether there is a gateway at all. */
  default boolean present() {
    return !(this instanceof None);
  }

  /** No gateway; use {@link #NONE}. */
  record None() implements GatewayAddress {}

  /**
   * A gateway behind a service, found by name and balanced like any service.
   *
   * @param port for HBONE over mTLS
   */
  record AtService(ServiceKey service, int port) implements GatewayAddress {
    public AtService {
      Check.port(port, 1, "gateway port");
    }
  }

  /**
   * A gateway at an address: of one workload, or of a service.
   *
   * @param port for HBONE over mTLS
   */
  record AtAddress(NetworkAddress address, int port) implements GatewayAddress {
    public AtAddress {
      Check.port(port, 1, "gateway port");
    }
  }
}
