package dev.marrow.ztunnel;

import dev.marrow.hbone.PoolSettings;
import dev.marrow.hbone.RelaySettings;
import dev.marrow.hbone.ServerSettings;
import dev.marrow.http.h2.Limits;
import dev.marrow.ztunnel.proxy.Node.TunnelRules;
import dev.marrow.ztunnel.proxy.ProxyRules;
import dev.marrow.ztunnel.settings.ConnectionSettings;
import dev.marrow.ztunnel.settings.Mode;
import dev.marrow.ztunnel.settings.Settings;
import dev.marrow.ztunnel.settings.TunnelSettings;
import java.time.Duration;

/** Settings as the data path wants them. */
final class Rules {
  private static final Duration SETTINGS_ACK = Duration.ofSeconds(5);
  private static final Duration PING = Duration.ofSeconds(10);
  private static final Duration PING_ANSWER = Duration.ofSeconds(20);
  private static final int CLIENT_HEADERS = 16 << 10;
  private static final int HPACK_TABLE = 4096;

  private Rules() {}

  static ProxyRules of(Settings settings) {
    ConnectionSettings connections = settings.connections();
    ConnectionSettings.Waits waits = connections.waits();
    return new ProxyRules(
        settings.node().network(),
        new ProxyRules.Names(settings.node().clusterDomain(), settings.node().preferredNamespace()),
        new ProxyRules.Waypoints(
            connections.waypoints().refuseUnresolved(), connections.waypoints().required()),
        new RelaySettings(waits.idle(), waits.halfClose()),
        new ProxyRules.Waits(waits.workload(), waits.unlabelGrace()),
        new ProxyRules.Dials(
            settings.sockets().dialTimeout(), connections.dialAttempts(), connections.outlier()),
        new ProxyRules.Features(
            connections.socks5(),
            connections.localhostAppTunnel(),
            settings.mesh().responseBaggage(),
            connections.sameNodeShortcut(),
            settings.report().decisionsAtInfo(),
            settings.mode() instanceof Mode.Dedicated ? settings.ports().admin() : 0),
        connections.perWorkload(),
        new ProxyRules.Queues(
            Math.max(1, connections.queues().identity() / settings.eventLoops()),
            Math.max(1, connections.queues().all() / settings.eventLoops())));
  }

  static TunnelRules tunnels(Settings settings) {
    TunnelSettings tunnels = settings.tunnels();
    PoolSettings pool = PoolSettings.standard();
    ServerSettings server = ServerSettings.standard();
    return new TunnelRules(
        new PoolSettings(
            tunnels.streamsPerConnection(),
            tunnels.unusedConnection(),
            settings.sockets().dialTimeout(),
            tunnels.handshake(),
            tunnels.connect(),
            pool.parallelDials(),
            pool.maxWaiters(),
            pool.negative(),
            h2(tunnels, 0, CLIENT_HEADERS),
            limits(pool.limits(), settings)),
        new ServerSettings(
            tunnels.handshake(),
            tunnels.handshake(),
            server.earlyBytes(),
            tunnels.peer().unused(),
            h2(tunnels, tunnels.peer().streams(), tunnels.peer().headerListBytes()),
            limits(server.limits(), settings)));
  }

  /** Whoever dialled: what the other side may cost us is the same. */
  private static Limits limits(Limits standard, Settings settings) {
    TunnelSettings.Peer peer = settings.tunnels().peer();
    return standard
        .withQueuedInboundBytes(settings.connections().queues().connection())
        .withRates(peer.resets(), peer.settings(), peer.pings());
  }

  private static dev.marrow.http.h2.Settings h2(
      TunnelSettings tunnels, int streams, int headerBytes) {
    return new dev.marrow.http.h2.Settings(
        streams,
        tunnels.streamWindowBytes(),
        tunnels.connectionWindowBytes(),
        tunnels.frameBytes(),
        HPACK_TABLE,
        headerBytes,
        false,
        tunnels.streamsPerConnection(),
        SETTINGS_ACK,
        PING,
        PING_ANSWER);
  }
}
