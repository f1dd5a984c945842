package dev.marrow.waypoint.report;

import dev.marrow.mesh.workload.Workload;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One connection that carried no HTTP, or that was refused before anyone looked. */
public record ConnectionReport(
    Instant start,
    long durationNanos,
    String outcome,
    long received,
    long sent,
    String upstreamAddress,
    String downstreamAddress,
    String principal,
    String serviceHost,
    @Nullable Workload source,
    @Nullable Workload destination) {}
