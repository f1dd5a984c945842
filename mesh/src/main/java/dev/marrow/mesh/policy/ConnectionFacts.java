package dev.marrow.mesh.policy;

import java.net.InetAddress;

/**
 * What policies may look at.
 *
 * @param source the TCP peer's address (for HBONE that of the tunnel: the client's pod, or a
 *     waypoint)
 * @param destination the application's address
 * @param port the application's port, not 15008
 */
public record ConnectionFacts(Peer peer, InetAddress source, InetAddress destination, int port) {}
