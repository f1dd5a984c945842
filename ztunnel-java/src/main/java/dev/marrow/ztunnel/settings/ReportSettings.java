package dev.marrow.ztunnel.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Logs, metrics, readiness and the process's own memory.
 *
 * @param readyFile exists while this process takes traffic; two processes may share a port, not it
 * @param releasePages longest pause between two releases of program pages; zero for none
 */
public record ReportSettings(
    boolean json,
    String levels,
    boolean decisionsAtInfo,
    int logQueueLines,
    Duration seriesExpiry,
    int seriesLimit,
    Optional<Path> readyFile,
    Duration releasePages) {}
