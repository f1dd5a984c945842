package dev.marrow.waypoint;

import dev.marrow.hbone.PoolSettings;
import dev.marrow.hbone.ServerSettings;
import dev.marrow.waypoint.settings.PeerSettings;

/**
 * The windows of a waypoint's tunnels. An HTTP/1 connection to an endpoint is a tunnel, and a
 * client that does not read holds a window of it: they are a sixteenth of a node proxy's.
 */
final class Windows {
  private static final int TUNNEL = 256 << 10;

  /** Credit is given on receipt, so that stuck tunnels take nothing of it. */
  private static final int CONNECTION = 4 << 20;

  private Windows() {}

  static PoolSettings pool() {
    PoolSettings standard = PoolSettings.standard();
    return new PoolSettings(
        standard.streamsPerConnection(),
        standard.idle(),
        standard.connect(),
        standard.handshake(),
        standard.answer(),
        standard.parallelDials(),
        standard.maxWaiters(),
        standard.negative(),
        standard.h2().withWindows(TUNNEL, CONNECTION),
        standard.limits());
  }

  static ServerSettings server(PeerSettings peers) {
    ServerSettings standard = ServerSettings.standard();
    return new ServerSettings(
        peers.handshake(),
        peers.handshake(),
        standard.earlyBytes(),
        peers.unused(),
        standard
            .h2()
            .withWindows(TUNNEL, CONNECTION)
            .withMaxConcurrentStreams(peers.streams())
            .withMaxHeaderListBytes(peers.headerListBytes()),
        standard.limits().withRates(peers.resets(), peers.settings(), peers.pings()));
  }
}
