package dev.marrow.cli.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what a pod or a program wrote. */
@Command(
    name = "logs",
    description =
        "Prints the log of POD, ztunnel/NODE, node-agent/NODE, waypoint/NAME, control-plane or supervisor.")
public final class LogsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "NAME", description = "the pod or program")
  private String name = "";

  @Option(
      names = {"-n", "--namespace"},
      description = "the pod's namespace")
  private String namespace = "";

  @Option(
      names = {"-f", "--follow"},
      description = "go on with what is added")
  private boolean follow;

  @Option(names = "--tail", paramLabel = "LINES", description = "only the last lines")
  private int tail = -1;

  @Override
  public Integer call() throws IOException, InterruptedException {
    MeshSettings settings = MeshSettings.current();
    // The supervisor's own log is most wanted when nothing else can be said.
    List<String> files =
        name.equals("supervisor")
            ? List.of(settings.state().logs().resolve("supervisor.log").toString())
            : new Targets(settings.running(), namespace).logs(name);
    spec.commandLine().getOut().flush();
    List<String> command =
        new ArrayList<>(List.of("tail", "-q", "-n", tail < 0 ? "+1" : "" + tail));
    if (follow) command.add("-F");
    command.addAll(files);
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }
}
