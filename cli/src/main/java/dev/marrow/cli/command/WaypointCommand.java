package dev.marrow.cli.command;

import picocli.CommandLine.Command;

/** The commands about waypoints. */
@Command(
    name = "waypoint",
    description = "Adds, shows and removes waypoints.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      WaypointApply.class,
      WaypointList.class,
      WaypointStatus.class,
      WaypointDelete.class
    })
public final class WaypointCommand {}
