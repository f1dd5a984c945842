package dev.marrow.cli.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "waypoint")
public final class WaypointCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    return 1;
  }
}
