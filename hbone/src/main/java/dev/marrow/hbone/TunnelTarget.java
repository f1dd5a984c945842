package dev.marrow.hbone;

import dev.marrow.identity.SpiffeId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;

/**
 * Where a tunnel connection goes and who speaks on either end: the key of {@link TunnelPool}.
 *
 * @param source whose certificate we show
 * @param nextHop the TCP address, usually port 15008
 * @param accepted the identities the other end may have, at least one
 * @param sourceAddress the address of the pod on whose behalf we dial
 */
public record TunnelTarget(
    SpiffeId source, InetSocketAddress nextHop, Set<SpiffeId> accepted, InetAddress sourceAddress) {
  public TunnelTarget {
    accepted = Set.copyOf(accepted);
    if (accepted.isEmpty()) {
      throw new IllegalArgumentException("accepted: none (expected: >= 1 identity)");
    }
    if (nextHop.isUnresolved()) {
      throw new IllegalArgumentException(
          "nextHop: '%s' (expected: a resolved address)".formatted(nextHop));
    }
  }

  // By hand: asked for each connection, and a record's own goes through method handles.
  @Override
  public int hashCode() {
    return 31 * (31 * nextHop.hashCode() + source.hashCode()) + sourceAddress.hashCode();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TunnelTarget that
        && nextHop.equals(that.nextHop)
        && source.equals(that.source)
        && accepted.equals(that.accepted)
        && sourceAddress.equals(that.sourceAddress);
  }
}
