package dev.marrow.mesh.balance;

import dev.marrow.mesh.workload.Endpoint;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.Workload;
import java.net.InetAddress;

/** What balancing came to. */
public sealed interface Pick {
  /**
   * This endpoint.
   *
   * @param port the application's port on it
   */
  record Chosen(Endpoint endpoint, Target target, int port) implements Pick {
    public Workload workload() {
      return endpoint.workload();
    }
  }

  /** The service makes no choice: go to the address the client asked for. */
  record Passthrough() implements Pick {}

  /** No endpoint will do. */
  record Nobody(Reason reason) implements Pick {}

  /** How the chosen workload is reached. */
  sealed interface Target {
    /** At this address. */
    record Address(InetAddress address) implements Target {}

    /** At whatever this name resolves to, now. */
    record Hostname(String hostname) implements Target {}

    /** Only through the gateway of its network. */
    record Behind(GatewayAddress gateway) implements Target {}
  }

  /** Why there is no endpoint. */
  enum Reason {
    /** The service has none, or none that its health policy admits. */
    NO_ENDPOINTS,
    /** None maps the port that was asked for. */
    NO_SUCH_PORT,
    /** None is where the service insists on. */
    NONE_IN_PLACE,
    /** None has an address, a name or a gateway, or all have a capacity of zero. */
    NONE_REACHABLE,
    /** All were tried. */
    ALL_TRIED
  }
}
