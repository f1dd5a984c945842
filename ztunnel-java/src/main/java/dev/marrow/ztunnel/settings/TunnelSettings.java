package dev.marrow.ztunnel.settings;

import java.time.Duration;

/** Pool, HTTP/2 and time limits of tunnels. Windows and frame in bytes; zero durations are off. */
public record TunnelSettings(
    int streamsPerConnection,
    Duration unusedConnection,
    int streamWindowBytes,
    int connectionWindowBytes,
    int frameBytes,
    Duration handshake,
    Duration connect) {}
