package dev.marrow.ztunnel.proxy;

import dev.marrow.hbone.Authority;
import dev.marrow.identity.SpiffeId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.function.Function;

/** Where an outgoing connection goes. */
sealed interface Route {

  /**
   * Through a tunnel.
   *
   * @param accepted who the next hop may be
   */
  record Tunnel(
      InetSocketAddress nextHop,
      Authority authority,
      Set<SpiffeId> accepted,
      Destination destination)
      implements Route {
    public Tunnel {
      accepted = Set.copyOf(accepted);
      if (accepted.isEmpty()) {
        throw new IllegalArgumentException("accepted: none (expected: >= 1 identity)");
      }
    }
  }

  /**
   * Through a tunnel to another network's gateway, and a second one inside it.
   *
   * @param outer to the gateway
   * @param accepted who may be at the far end of the inner tunnel
   */
  record NestedTunnel(Tunnel outer, Authority authority, Set<SpiffeId> accepted) implements Route {
    public NestedTunnel {
      accepted = Set.copyOf(accepted);
      if (accepted.isEmpty()) {
        throw new IllegalArgumentException("accepted: none (expected: >= 1 identity)");
      }
    }
  }

  /** As plain TCP. */
  record Direct(InetSocketAddress address, Destination destination) implements Route {}

  /** By a name that has to be resolved first. */
  record Resolve(String hostname, Function<InetAddress, Route> then) implements Route {}

  /** Nowhere. */
  record Refuse(Refusal why, Destination destination) implements Route {}
}
