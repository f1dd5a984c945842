package dev.marrow.waypoint.route;

import java.time.Duration;

/**
 * Keeps a client at one workload.
 *
 * @param header in a header of that name instead of a cookie
 * @param absolute how long at most; zero: as long as the client keeps it
 * @param permanent the cookie outlives the browser's session
 */
public record Session(boolean header, String name, Duration absolute, boolean permanent) {}
