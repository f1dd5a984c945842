package dev.marrow.ztunnel.proxy;

import java.net.InetSocketAddress;

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

  /** Whether an app's connection goes to ourselves. */
  boolean loops(InetSocketAddress target) {
    return target.getAddress().isLoopbackAddress() && contains(target.getPort());
  }
}
