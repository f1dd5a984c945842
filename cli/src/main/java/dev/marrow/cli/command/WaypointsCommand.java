package dev.marrow.cli.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "waypoints")
public final class WaypointsCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    return 1;
  }
}
