package dev.marrow.hbone;

import dev.marrow.identity.SpiffeId;
import java.net.InetSocketAddress;

/**
 * One mTLS connection as its streams see it.
 *
 * @param number unique in this process, for logs
 * @param peer the other end's identity, verified by TLS
 */
public record TunnelConnection(
    long number, InetSocketAddress local, InetSocketAddress remote, SpiffeId peer) {}
