package dev.marrow.hbone;

import dev.marrow.identity.SpiffeId;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One mTLS connection as its streams see it.
 *
 * @param number unique in this process, for logs
 * @param peer the other end's identity, verified by TLS
 */
public record TunnelConnection(
    long number, InetSocketAddress local, InetSocketAddress remote, SpiffeId peer) {
  private static final AtomicLong NUMBERS = new AtomicLong();

  static long nextNumber() {
    return NUMBERS.incrementAndGet();
  }
}
