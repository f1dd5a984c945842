package dev.marrow.cli.drill.report;

/**
 * About a run as a whole.
 *
 * @param whole with the full durations
 */
public record About(String tool, String begun, String command, boolean whole) {}
