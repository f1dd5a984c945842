package dev.marrow.cli.command;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The waypoints, of one namespace or of all. */
@Command(name = "list", description = "Lists the waypoints.")
final class WaypointList implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Output output = new Output();

  @Option(
      names = {"-n", "--namespace"},
      description = "only those of one namespace")
  private String namespace = "";

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "those of all namespaces (this is the default)")
  private boolean all;

  @Override
  public Integer call() throws IOException {
    WaypointsCommand.list(spec.commandLine().getOut(), all ? "" : namespace, output.json());
    return 0;
  }
}
