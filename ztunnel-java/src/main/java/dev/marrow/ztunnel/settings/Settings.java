package dev.marrow.ztunnel.settings;

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
    int eventLoops) {}
