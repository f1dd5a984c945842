package dev.marrow.ztunnel.settings;

import java.net.InetSocketAddress;

/** Everything the environment asks for. */
public record Settings(
    boolean proxyEnabled,
    Mode mode,
    NodeSettings node,
    MeshSettings mesh,
    CertificateSettings certificates,
    SocketSettings sockets,
    TunnelSettings tunnels,
    ConnectionSettings connections,
    DnsSettings dns,
    ReportSettings report,
    Ports ports,
    int eventLoops) {

  /** The wildcard address of a port. */
  public InetSocketAddress anyAddress(int port) {
    return new InetSocketAddress(sockets.ipv6() ? "::" : "0.0.0.0", port);
  }
}
