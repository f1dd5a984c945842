package dev.marrow.waypoint.upstream;

import dev.marrow.waypoint.report.Flag;

/**
 * No connection to an endpoint; nothing was sent.
 *
 * @param detail for the log line
 */
public record ConnectFailure(Flag flag, String detail) {}
