package dev.marrow.cli.drill.command;

import picocli.CommandLine.Command;

/** Groups the commands about drills. */
@Command(
    name = "drill",
    synopsisSubcommandLabel = "COMMAND",
    description = "Breaks a mesh of its own on purpose and says whether anybody noticed.",
    subcommands = {ListDrills.class, RunDrills.class})
public final class DrillCommand {}
