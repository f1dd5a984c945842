package dev.marrow.waypoint.report;

import dev.marrow.mesh.workload.Workload;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One connection that carries no HTTP, or that was refused before anyone looked.
 *
 * @param relayed whether it got as far as an endpoint, so that its opening was reported
 */
public record ConnectionReport(
    Instant start,
    boolean relayed,
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
