package dev.marrow.ztunnel.proxy;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Ports of our own, to which nobody may be connected by us: it would never end.
 *
 * @param administration our administration's port where it is in the workload's network namespace,
 *     else 0: behind a tunnel it would be open to every peer
 */
record IllegalPorts(boolean socks5, int administration) {
  static final int OUTBOUND = 15001;
  static final int PLAINTEXT = 15006;
  static final int TUNNEL = 15008;
  static final int SOCKS5 = 15080;

  boolean contains(int port) {
    return port == OUTBOUND
        || port == PLAINTEXT
        || port == TUNNEL
        || socks5 && port == SOCKS5
        || port == administration && port != 0;
  }

  /** Why an app must not be connected to {@code target}, whatever the mesh says. */
  Optional<Refusal> refusal(InetSocketAddress target) {
    if (target.getPort() == 0) {
      return Optional.of(Refusal.noPort());
    }
    boolean loops = target.getAddress().isLoopbackAddress() && contains(target.getPort());
    return loops ? Optional.of(Refusal.loop()) : Optional.empty();
  }

  /** Why a peer must not be connected to {@code port} of our pod, whatever the mesh says. */
  Optional<Refusal> refusal(int port) {
    if (port == 0) {
      return Optional.of(Refusal.noPort());
    }
    return contains(port) ? Optional.of(Refusal.loop()) : Optional.empty();
  }
}
