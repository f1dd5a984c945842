package dev.marrow.ztunnel.settings;

import java.time.Duration;

/** Logs and metrics. */
public record ReportSettings(
    boolean json,
    String levels,
    boolean decisionsAtInfo,
    int logQueueLines,
    Duration seriesExpiry,
    int seriesLimit) {}
